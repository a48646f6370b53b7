"""Prometheus's text form."""

from serving.metrics import Counter, Histogram
from serving.monitoring import DEFAULT_PATH, metrics_path


def test_a_counter_writes_its_type_and_one_line_per_labels():
    counter = Counter(":tensorflow:serving:request_count")
    for status in ("OK", "OK", "NOT_FOUND"):
        counter.add([("model_name", 'a"\\\n'), ("status", status)])
    assert counter.lines() == [
        "# TYPE :tensorflow:serving:request_count counter",
        ':tensorflow:serving:request_count{model_name="a\\"\\\\\\n",status="NOT_FOUND"} 1',
        ':tensorflow:serving:request_count{model_name="a\\"\\\\\\n",status="OK"} 2',
    ]


def test_a_histogram_accumulates_its_buckets():
    histogram = Histogram("h")
    for microseconds in (5, 10, 11, 1e12):
        histogram.observe([("API", "Predict")], microseconds)
    lines = histogram.lines()
    assert lines[:3] == [
        "# TYPE h histogram",
        'h_bucket{API="Predict",le="10"} 2',
        'h_bucket{API="Predict",le="18"} 3',
    ]
    assert lines[-3:] == [
        'h_bucket{API="Predict",le="+Inf"} 4',
        'h_sum{API="Predict"} 1e+12',
        'h_count{API="Predict"} 4',
    ]


def test_the_page_is_off_by_default_and_has_tf_servings_path(tmp_path):
    assert metrics_path(None) is None
    file = tmp_path / "monitoring.config"
    file.write_text("prometheus_config { enable: false }")
    assert metrics_path(file) is None
    file.write_text("prometheus_config { enable: true }")
    assert metrics_path(file) == DEFAULT_PATH
    file.write_text('prometheus_config { enable: true path: "/m" }')
    assert metrics_path(file) == "/m"
