"""JoeyNMT's side of a comparison: run by the Python of its own environment, see joeynmt_peer.

Usage: python joeynmt_worker.py SETUP.json

Builds the model that the file describes, then answers every line of JSON on its input with one on
its output. The batches are lists of ids, so that both sides work on the same ids and neither
side's tokenising or loading is timed.
"""

import json
import logging
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from joeynmt.batch import Batch
from joeynmt.config import parse_global_args
from joeynmt.model import build_model
from joeynmt.search import search
from joeynmt.training import TrainManager
from joeynmt.vocabulary import Vocabulary

CPU = torch.device("cpu")


def build(config):
    """The parsed configuration and the model, over a vocabulary of nameless pieces."""
    settings = parse_global_args(config, mode="train")
    torch.manual_seed(settings.seed)
    vocabulary = Vocabulary([], settings.data["special_symbols"])
    vocabulary.add_tokens([str(i) for i in range(len(vocabulary), settings.data["vocabulary"])])
    # JoeyNMT puts the unknown symbol first; the batches have padding there.
    vocabulary.pad_index, vocabulary.unk_index = 0, 1
    return settings, build_model(settings.model, vocabulary, vocabulary)


def batch_of(sources, targets, model):
    """JoeyNMT's batch of id lists, in its order, and the indices that restore ours."""

    def pad(rows):
        width = max(map(len, rows))
        return torch.tensor([[*row, *[model.pad_index] * (width - len(row))] for row in rows])

    batch = Batch(
        src=pad(sources),
        src_length=torch.tensor([len(row) for row in sources]),
        src_prompt_mask=None,
        trg=pad([[model.bos_index, *row] for row in targets]) if targets else None,
        trg_prompt_mask=None,
        indices=torch.arange(len(sources)),
        device=CPU,
        pad_index=model.pad_index,
        eos_index=model.eos_index,
        is_train=bool(targets),
    )
    return batch, batch.sort_by_src_length()


def train(settings, model, batches):
    """Seconds and target tokens of each training step, as JoeyNMT's trainer takes it."""
    manager = TrainManager(
        rank=0,
        model=model,
        model_dir=settings.model_dir,
        device=CPU,
        autocast=settings.autocast,
        train_args=settings.train,
        dev_args=settings.test,
    )
    model.loss_function = (settings.train.loss, settings.train.label_smoothing)
    model.train()
    model.zero_grad()
    report = {"seconds": [], "tokens": [], "losses": []}
    for sources, targets in batches:
        batch, _ = batch_of(sources, targets, model)
        start = time.perf_counter()
        loss, _ = manager._train_step(batch)
        manager.clip_grad_fun(parameters=model.parameters())
        manager.optimizer.step()
        model.zero_grad()
        report["seconds"].append(time.perf_counter() - start)
        report["tokens"].append(batch.ntokens)
        report["losses"].append(loss)
    manager.tb_writer.close()
    return report


def decode(settings, model, batches, **keys):
    """Seconds and hypotheses (ids without the end symbol) of each batch."""
    del settings
    model.eval()
    report = {"seconds": [], "hypotheses": []}
    for sources, _ in batches:
        batch, restore = batch_of(sources, None, model)
        start = time.perf_counter()
        ids, _, _ = search(model=model, batch=batch, min_output_length=0, **keys)
        report["seconds"].append(time.perf_counter() - start)
        report["hypotheses"].append([until_end(row, model) for row in ids[restore].tolist()])
    return report


def until_end(ids, model):
    """The ids before the first end symbol or padding."""
    stops = [i for i, value in enumerate(ids) if value in (model.eos_index, model.pad_index)]
    return ids[: stops[0]] if stops else ids


def main(path):
    logging.disable(logging.WARNING)
    setup = json.loads(Path(path).read_text())
    torch.set_num_threads(setup["threads"])
    with tempfile.TemporaryDirectory() as folder:
        settings, model = build({**setup["config"], "model_dir": folder})
        if setup["weights"]:
            with np.load(setup["weights"]) as weights:
                state = {name: torch.from_numpy(weights[name]) for name in weights.files}
            model.load_state_dict(state)
        for line in sys.stdin:
            task, arguments = json.loads(line)
            report = {"train": train, "decode": decode}[task](settings, model, **arguments)
            report["parameters"] = sum(p.numel() for p in model.parameters() if p.requires_grad)
            print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
