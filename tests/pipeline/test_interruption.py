"""Runs that are interrupted lose nothing: the same command goes on from the last checkpoint."""

import signal

import mlflow


def test_a_killed_training_goes_on_and_finishes_in_the_same_mlflow_run(workplace):
    code, _ = workplace.interrupted_run(signal.SIGKILL, "training.seed=2")
    assert code == -signal.SIGKILL
    finished = workplace.run("training.seed=2")
    assert "going on after update" in finished
    client = mlflow.MlflowClient(f"sqlite:///{workplace.folder}/runs/mlflow/mlflow.db")
    experiment = client.get_experiment_by_name("tiny")
    runs = client.search_runs([experiment.experiment_id], "params.`training.seed` = '2'")
    assert len(runs) == 1
    steps = [m.step for m in client.get_metric_history(runs[0].info.run_id, "validation/bleu")]
    assert steps == sorted(set(steps))
    assert len(steps) == 3


def test_ctrl_c_leaves_a_checkpoint_and_the_next_run_goes_on(workplace):
    code, words = workplace.interrupted_run(signal.SIGINT, "training.seed=3 training.epochs=40")
    assert code == 130
    assert "the same command goes on from it" in words
    checkpoints = list((workplace.runs / "training").glob("*/step-*.npz"))
    assert checkpoints
