"""What the machine does while it trains: MLflow's own monitors, read at every training report."""

from mlflow.system_metrics.metrics.base_metrics_monitor import BaseMetricsMonitor
from mlflow.system_metrics.metrics.cpu_monitor import CPUMonitor
from mlflow.system_metrics.metrics.disk_monitor import DiskMonitor
from mlflow.system_metrics.metrics.gpu_monitor import GPUMonitor
from mlflow.system_metrics.metrics.network_monitor import NetworkMonitor

from components.tracking import Outbox
from models.training.reports import Listener, StepReport


class SystemListener(Listener):
    """Logs processor, memory, disk, network and, where there is one, GPU under ``system/``.

    MLflow's SystemMetricsMonitor ends for good when the store fails once; here the numbers go
    through the outbox, at the updates of the other curves.

    Args:
        run: where to
    """

    def __init__(self, run: Outbox):
        self._run = run
        self._monitors = _monitors()

    def stepped(self, report: StepReport) -> None:
        """One reading of every monitor."""
        metrics: dict[str, float] = {}
        for monitor in self._monitors:
            monitor.collect_metrics()
            metrics |= monitor.aggregate_metrics()
            monitor.clear_metrics()
        named = {f"system/{name}": value for name, value in metrics.items()}
        self._run.log_metrics(named, report.step)


def _monitors() -> list[BaseMetricsMonitor]:
    monitors = [CPUMonitor(), DiskMonitor(), NetworkMonitor()]
    try:
        monitors.append(GPUMonitor())
    except (ImportError, RuntimeError):
        # Neither NVIDIA's library nor a GPU is something that training needs.
        return monitors
    return monitors
