"""Where Prometheus reads, from TF Serving's MonitoringConfig."""

from pathlib import Path

from foundation.errors import UserError
from serving.paths import is_api
from serving.text_protos import MonitoringConfig, read_text_proto

DEFAULT_PATH = "/monitoring/prometheus/metrics"


def metrics_path(config_file: Path | None) -> str | None:
    """The path of the metrics page; None where it is off, as it is without a file.

    Raises:
        UserError: for a file that does not parse, or a path that cannot be served.
    """
    if config_file is None:
        return None
    config = read_text_proto("--monitoring_config_file", config_file, MonitoringConfig())
    if not config.prometheus_config.enable:
        return None
    path = config.prometheus_config.path or DEFAULT_PATH
    if not path.startswith("/") or path == "/" or is_api(path):
        raise UserError(f"{config_file}: path {path!r} cannot be served: begin it with / alone.")
    return path
