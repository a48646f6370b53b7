"""The command line behind ``make``: run, ui, compare, exposure, lens, attention, model.

Heavy imports wait until the frameworks' output goes to the log file.
"""

import argparse
import os
import sys
import traceback
import warnings
from pathlib import Path

from foundation.console import divert, say
from foundation.errors import UserError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code: 0, 1 for an error, 130 or 143 when interrupted."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.simplefilter("ignore")
    try:
        return options.command(options)
    except KeyboardInterrupt:
        say("\ninterrupted")
        return 130
    except Exception as error:
        return _explain(error)


def run(options: argparse.Namespace) -> int:
    """Corpus in, served translator out."""
    from pipeline.paths import Paths
    from pipeline.read_config import read_config

    if options.corpus_dir is not None and not options.corpus_dir.is_dir():
        raise UserError(
            f"CORPUS_DIR is {options.corpus_dir}, and there is no such folder: correct it, or "
            "leave it out to take the configuration's own."
        )
    config = read_config(options.config, options.set)
    paths = Paths.of(config.name, config.serving.model_name)
    divert(paths.log)
    from pipeline.local_runner import run_locally

    run_locally(config, options.config, paths, options.corpus_dir)
    return 0


def ui(options: argparse.Namespace) -> int:
    """The MLflow pages of all runs."""
    from pipeline.mlflow_ui import serve_ui

    return serve_ui(options.port)


def model(options: argparse.Namespace) -> int:
    """Print the folder of the configuration's pushed versions; exit 1 when there is none."""
    from pipeline.paths import Paths
    from pipeline.read_config import read_config

    config = read_config(options.config)
    folder = Paths.of(config.name, config.serving.model_name).serving
    if not any(path.name.isdigit() for path in folder.glob("*")):
        if not options.quiet:
            raise UserError(f"no model has been pushed for {options.config}: make run first.")
        return 1
    if not options.quiet:
        say(str(folder))
    return 0


def compare(options: argparse.Namespace) -> int:
    """Several models on one corpus, in one table."""
    from pipeline.compare import compare as compare_models

    compare_models(options.config, options.set)
    return 0


def exposure(options: argparse.Namespace) -> int:
    """What four training objectives do to exposure bias."""
    from pipeline.exposure import compare_objectives

    compare_objectives(options.config, options.set, options.pictures)
    return 0


def lens(options: argparse.Namespace) -> int:
    """How far gradients travel in seven recurrent networks."""
    from pipeline.paths import RUNS

    divert(RUNS / "lens" / "log.txt")
    from pipeline.lens import compare_networks

    compare_networks(options.pictures, options.quick)
    return 0


def attention(options: argparse.Namespace) -> int:
    """Draw what the newest pushed model looked at for one sentence."""
    from pipeline.attention import draw_attention
    from pipeline.paths import Paths
    from pipeline.read_config import read_config

    config = read_config(options.config)
    paths = Paths.of(config.name, config.serving.model_name)
    draw_attention(paths.serving, options.text, options.output)
    return 0


def _explain(error: BaseException) -> int:
    """One sentence for what the user can mend; the whole story in the log for the rest."""
    from pipeline.failure import exit_code, sentence

    if not isinstance(error, UserError):
        traceback.print_exception(error, file=sys.stderr)
    say(sentence(error))
    return exit_code(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline", description=__doc__)
    commands = parser.add_subparsers(required=True)

    run_parser = commands.add_parser("run", help=run.__doc__)
    run_parser.add_argument("--config", type=Path, required=True)
    run_parser.add_argument("--set", default="", metavar="'key=value …'")
    run_parser.add_argument(
        "--corpus-dir",
        type=lambda text: Path(text) if text else None,
        default=os.environ.get("CORPUS_DIR", ""),
        help="where relative corpus files are looked for (default: $CORPUS_DIR)",
    )
    run_parser.set_defaults(command=run)

    ui_parser = commands.add_parser("ui", help=ui.__doc__)
    ui_parser.add_argument("--port", type=int, default=5000)
    ui_parser.set_defaults(command=ui)

    compare_parser = commands.add_parser("compare", help=compare.__doc__)
    compare_parser.add_argument("--config", type=Path, required=True)
    compare_parser.add_argument("--set", default="", metavar="'key=value …'")
    compare_parser.set_defaults(command=compare)

    exposure_parser = commands.add_parser("exposure", help=exposure.__doc__)
    exposure_parser.add_argument("--config", type=Path, required=True)
    exposure_parser.add_argument("--set", default="", metavar="'key=value …'")
    exposure_parser.add_argument("--pictures", type=Path, default=Path("runs/exposure"))
    exposure_parser.set_defaults(command=exposure)

    lens_parser = commands.add_parser("lens", help=lens.__doc__)
    lens_parser.add_argument(
        "--quick", action="store_true", help="few updates, to see that it runs"
    )
    lens_parser.add_argument("--pictures", type=Path, default=Path("runs/lens"))
    lens_parser.set_defaults(command=lens)

    attention_parser = commands.add_parser("attention", help=attention.__doc__)
    attention_parser.add_argument("--config", type=Path, required=True)
    attention_parser.add_argument("--text", required=True)
    attention_parser.add_argument("--output", type=Path, default=Path("runs/attention.png"))
    attention_parser.set_defaults(command=attention)

    model_parser = commands.add_parser("model", help=model.__doc__)
    model_parser.add_argument("--config", type=Path, required=True)
    model_parser.add_argument("--quiet", action="store_true", help="only the exit code")
    model_parser.set_defaults(command=model)
    return parser


if __name__ == "__main__":
    sys.exit(main())
