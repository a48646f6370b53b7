from components.training.system_listener import SystemListener
from tests.components.training.reports import step


class Notes:
    """Stands where the outbox stands."""

    def __init__(self):
        self.metrics = {}

    def log_metrics(self, metrics, step):
        self.metrics[step] = metrics


def test_processor_and_memory_are_read_at_every_report():
    notes = Notes()
    listener = SystemListener(notes)
    listener.stepped(step(20))
    listener.stepped(step(40))
    assert list(notes.metrics) == [20, 40]
    assert 0 < notes.metrics[40]["system/system_memory_usage_percentage"] <= 100
    assert 0 <= notes.metrics[40]["system/cpu_utilization_percentage"] <= 100
