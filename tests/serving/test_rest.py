"""The REST API of a running server, one behaviour a test."""

import gzip
import json
import math

import pytest

TF2_INIT = "__saved_model_init_op"


def error_of(response) -> str:
    """The message of an error body, which is exactly `{"error": message}`."""
    assert response.headers["Content-Type"] == "application/json"
    body = response.json()
    assert list(body) == ["error"]
    return body["error"]


def test_predict_row_of_a_single_input(rest):
    response = rest.predict({"signature_name": "halve", "instances": [1, 2.5]})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {"predictions": [1.5, 2.25]}


def test_predict_uses_serving_default_where_no_signature_is_named(rest):
    response = rest.predict({"instances": ["ab", {"b64": "w6k="}]})
    assert response.json() == {
        "predictions": [
            {"score": -0.25, "translation": "AB"},
            {"score": -0.125, "translation": "É"},
        ]
    }


def test_predict_row_of_several_inputs(rest):
    body = {"signature_name": "arithmetic", "instances": [{"a": 1, "b": 2}, {"a": 3, "b": 5}]}
    assert rest.predict(body).json() == {
        "predictions": [{"difference": -1.0, "sum": 3.0}, {"difference": -2.0, "sum": 8.0}]
    }


def test_predict_columnar_of_several_inputs(rest):
    body = {"signature_name": "arithmetic", "inputs": {"a": [1, 3], "b": [2, 5]}}
    assert rest.predict(body).json() == {"outputs": {"difference": [-1.0, -2.0], "sum": [3.0, 8.0]}}


def test_predict_columnar_inputs_may_differ_in_batch_size(rest):
    body = {"signature_name": "arithmetic", "inputs": {"a": [1], "b": [2, 5]}}
    assert rest.predict(body).json()["outputs"]["sum"] == [3.0, 6.0]


def test_predict_columnar_scalars_stay_scalars(rest):
    body = {"signature_name": "scalars", "inputs": {"a": 3, "b": 2.5}}
    assert rest.predict(body).json() == {"outputs": {"product": 7.5, "sum": 5.5}}


def test_predict_carries_every_type(rest):
    sent = {
        "f64": [1 / 3],
        "i8": [-128],
        "i16": [-(2**15)],
        "i32": [-(2**31)],
        "i64": [-(2**63)],
        "u8": [255],
        "u32": [2**32 - 1],
        "u64": [2**64 - 1],
        "flag": [True],
        "text": ["\0 é 😀"],
    }
    body = {"signature_name": "echo", "inputs": sent}
    received = rest.predict(body).json()["outputs"]
    assert received == {f"{name}_out": value for name, value in sent.items()}


def test_predict_accepts_and_writes_nan_and_infinities(rest):
    body = b'{"signature_name": "identity", "inputs": [NaN, Infinity, -Infinity, 1e39]}'
    response = rest.post("/v1/models/toy:predict", body)
    assert response.text == '{"outputs": [NaN, Infinity, -Infinity, Infinity]}'
    assert math.isnan(json.loads(response.text)["outputs"][0])


def test_predict_writes_floats_in_tf_servings_digits(rest):
    body = {"signature_name": "identity", "inputs": [0.2, 9000000, 1 / 3, 5]}
    assert rest.predict(body).text == '{"outputs": [0.2, 9e+06, 0.333333343, 5.0]}'
    body = {"signature_name": "identity_double", "inputs": [0.2, 1 / 3]}
    assert rest.predict(body).text == '{"outputs": [0.2, 0.33333333333333331]}'


def test_predict_writes_bytes_outputs_as_base64(rest):
    body = {"signature_name": "encode", "instances": [{"b64": "AP8="}]}
    assert rest.predict(body).json() == {
        "predictions": [{"data_bytes": {"b64": "AP8="}, "size": 2}]
    }


def test_predict_row_form_needs_rows_in_the_answer(rest):
    response = rest.predict({"signature_name": "total", "instances": [1, 2]})
    assert response.status_code == 400
    assert "no shape information" in error_of(response)
    assert rest.predict({"signature_name": "total", "inputs": [1, 2]}).json() == {"outputs": 3.0}


def test_predict_row_form_needs_equal_batch_sizes_in_the_answer(rest):
    response = rest.predict({"signature_name": "uneven", "instances": [1, 2]})
    assert response.status_code == 400
    assert "inconsistent batch size" in error_of(response)


def test_predict_of_a_signature_without_inputs_is_400(rest):
    response = rest.predict({"signature_name": "constant", "inputs": {}})
    assert response.status_code == 400
    assert "Failed to get input map for signature: constant" in error_of(response)


def test_predict_of_an_unknown_signature_is_400(rest):
    response = rest.predict({"signature_name": "nothing", "instances": [1]})
    assert response.status_code == 400
    assert '"nothing" not found in signature def' in error_of(response)


def test_predict_of_the_initialisers_signature_is_a_client_error(rest):
    response = rest.predict({"signature_name": TF2_INIT, "inputs": {}})
    assert response.status_code == 400


def test_predict_errors_of_the_models_ops_are_400(rest):
    response = rest.predict({"signature_name": "refuse", "instances": [1]})
    assert response.status_code == 400
    assert "not negative" in error_of(response)
    response = rest.predict({"signature_name": "halve", "inputs": 1})
    assert response.status_code in (200, 400)


def test_predict_of_shapes_that_do_not_fit_is_400(rest):
    body = {"signature_name": "arithmetic", "inputs": {"a": [1, 2], "b": [1, 2, 3]}}
    assert rest.predict(body).status_code == 400


def test_predict_of_types_without_json_form_is_501(rest):
    response = rest.predict({"signature_name": "complexes", "inputs": [1.0]})
    assert response.status_code == 501
    assert "complex64" in error_of(response)


def test_paths_are_case_insensitive(rest):
    response = rest.post("/V1/MODELS/toy:PREDICT", {"instances": ["a"]})
    assert response.json()["predictions"][0]["translation"] == "A"
    assert rest.get("/V1/Models/toy/METADATA").json()["model_spec"]["name"] == "toy"


def test_model_names_are_case_sensitive(rest):
    assert rest.predict({"instances": ["a"]}, "TOY").status_code == 404


def test_names_and_labels_are_url_decoded(rest):
    body = {"instances": [2]}
    assert rest.post("/v1/models/%73mall:predict", body).json() == {"predictions": [4.0]}
    path = "/v1/models/small/labels/%73table:predict"
    assert rest.post(path, body).json() == {"predictions": [3.0]}


def test_a_bad_url_escape_is_400(rest):
    assert "decode" in error_of(rest.post("/v1/models/%ff%fe:predict", {"instances": [1]}))


def test_the_newest_version_answers_and_versions_can_be_asked_for(rest):
    body = {"instances": [2]}
    assert rest.predict(body, "small").json() == {"predictions": [4.0]}
    assert rest.post("/v1/models/small/versions/2:predict", body).json() == {"predictions": [3.0]}
    assert rest.post("/v1/models/small/versions/002:predict", body).json() == {"predictions": [3.0]}


def test_an_unknown_model_is_404(rest):
    response = rest.predict({"instances": [1]}, "nobody")
    assert response.status_code == 404
    assert error_of(response) == "Servable not found for request: Latest(nobody)"


def test_an_unknown_version_is_404(rest):
    response = rest.post("/v1/models/toy/versions/9:predict", {"instances": [1]})
    assert response.status_code == 404
    assert error_of(response) == "Servable not found for request: Specific(toy, 9)"


def test_an_unknown_label_is_400(rest):
    response = rest.post("/v1/models/small/labels/no:predict", {"instances": [1]})
    assert response.status_code == 400
    assert error_of(response) == "Unrecognized servable version label: no"


@pytest.mark.parametrize("version", ["9223372036854775808", "18446744073709551615", "1" * 5000])
def test_a_version_beyond_int64_is_400(rest, version):
    response = rest.post(f"/v1/models/toy/versions/{version}:predict", {"instances": [1]})
    assert response.status_code == 400
    assert error_of(response).startswith("Failed to convert version")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/foo"),
        ("POST", "/v1/foo"),
        ("POST", "/v1/models"),
        ("GET", "/v1/"),
        ("GET", "/v1/models/"),
        ("GET", "/v1/models/toy/"),
        ("GET", "/v1/models/toy/metadata/"),
        ("GET", "/v1/models/toy/versions/"),
        ("GET", "/v1/models/toy/labels/"),
        ("POST", "/v1/models/toy:predict/"),
        ("POST", "/v1/models/toy%3Apredict"),
        ("GET", "/v1/models/debug/model_name"),
        ("GET", "/v1/models/toy:predict"),
        ("POST", "/v1/models/toy"),
        ("POST", "/v1/models/toy/metadata"),
        ("POST", "/v1/models/toy/versions/HELLO:regress"),
        ("POST", "/v1/models/toy/version/50:regress"),
        ("POST", "/v1/models/toy/versions/50/labels/some:regress"),
        ("POST", "/v1/models/toy/versions/-1:predict"),
        ("POST", "/v1/models/toy:multi_inference"),
        ("POST", "/v1/models/../toy:predict"),
        ("PUT", "/v1/models/toy:predict"),
        ("DELETE", "/v1/models/toy"),
        ("OPTIONS", "/v1/models/toy"),
        ("PATCH", "/v1/"),
    ],
)
def test_other_requests_under_v1_are_malformed(server, method, path):
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", server.rest_port, timeout=20)
    connection.request(method, path, body="{}")
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    assert (response.status, body) == (400, {"error": f"Malformed request: {method} {path}"})


def test_a_head_request_is_malformed_without_a_body(rest):
    response = rest.session.head(f"{rest.address}/v1/models/toy", timeout=20)
    assert (response.status_code, response.content) == (400, b"")
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "path", ["/v1/models", "/v1/models/versions/1", "/v1/models/labels/stable/metadata"]
)
def test_a_path_without_a_name_says_so(rest, path):
    response = rest.get(path)
    assert response.status_code == 400
    assert error_of(response) == "Missing model name in request."


def test_a_model_may_be_called_metadata(rest):
    assert "of model metadata" in error_of(rest.get("/v1/models/metadata"))


@pytest.mark.parametrize("path", ["/v1", "/v2/models/toy", "/index", "/page/../../etc/passwd"])
def test_outside_v1_is_a_plain_404(rest, path):
    response = rest.get(path)
    assert response.status_code == 404
    assert "json" not in response.headers["Content-Type"]


def test_the_query_is_no_part_of_the_path(rest):
    assert rest.get("/v1/models/toy?a=b").status_code == 200


def test_the_content_type_is_ignored(rest):
    for kind in ("text/plain", "application/xml", "multipart/form-data", "nonsense"):
        response = rest.post(
            "/v1/models/toy:predict", b'{"instances": ["a"]}', headers={"Content-Type": kind}
        )
        assert response.status_code == 200


def test_gzip_request_bodies_are_decompressed_and_answers_are_not_compressed(rest):
    body = gzip.compress(json.dumps({"instances": ["a" * 10_000]}).encode())
    headers = {"Content-Encoding": "gzip", "Accept-Encoding": "gzip"}
    response = rest.post("/v1/models/toy:predict", body, headers=headers)
    assert response.json()["predictions"][0]["translation"] == "A" * 10_000
    assert "Content-Encoding" not in response.headers


def test_a_broken_gzip_body_is_400(rest):
    for body in (b"no gzip", gzip.compress(b'{"instances": ["a"]}' * 1000)[:-20]):
        response = rest.post("/v1/models/toy:predict", body, headers={"Content-Encoding": "gzip"})
        assert response.status_code == 400


def test_no_cors_headers_without_the_flag(rest):
    response = rest.predict({"instances": ["a"]})
    assert not [name for name in response.headers if name.startswith("Access-Control")]


def test_status_lists_versions_newest_first_with_names(rest):
    assert rest.get("/v1/models/small").json() == {
        "model_version_status": [
            {
                "version": version,
                "state": "AVAILABLE",
                "status": {"error_code": "OK", "error_message": ""},
            }
            for version in ("3", "2")
        ]
    }


def test_status_of_one_version(rest):
    statuses = rest.get("/v1/models/small/versions/2").json()["model_version_status"]
    assert [status["version"] for status in statuses] == ["2"]


def test_status_ignores_a_label(rest):
    for label in ("stable", "unknown"):
        statuses = rest.get(f"/v1/models/small/labels/{label}").json()["model_version_status"]
        assert [status["version"] for status in statuses] == ["3", "2"]


def test_status_of_what_is_not_there_is_404(rest):
    response = rest.get("/v1/models/nobody")
    assert response.status_code == 404
    assert error_of(response) == "Could not find any versions of model nobody"
    response = rest.get("/v1/models/toy/versions/9")
    assert response.status_code == 404
    assert error_of(response) == "Could not find version 9 of model toy"


def test_metadata_prints_signatures_with_field_names_defaults_and_sizes_as_strings(rest):
    metadata = rest.get("/v1/models/small/metadata").json()
    assert metadata["model_spec"] == {"name": "small", "signature_name": "", "version": "3"}
    signatures = metadata["metadata"]["signature_def"]["signature_def"]
    assert set(signatures) == {"serving_default", TF2_INIT}
    default = signatures["serving_default"]
    assert default["method_name"] == "tensorflow/serving/predict"
    assert default["inputs"]["x"]["dtype"] == "DT_FLOAT"
    assert default["inputs"]["x"]["tensor_shape"] == {
        "dim": [{"size": "-1", "name": ""}],
        "unknown_rank": False,
    }
    assert default["inputs"]["x"]["name"].startswith("serving_default_x")


def test_metadata_of_a_version_or_label(rest):
    for place in ("versions/2", "labels/stable"):
        metadata = rest.get(f"/v1/models/small/{place}/metadata").json()
        assert metadata["model_spec"]["version"] == "2"
    assert rest.get("/v1/models/small/versions/1/metadata").status_code == 404
    assert rest.get("/v1/models/small/labels/no/metadata").status_code == 400


def classify(rest, signature: str, *examples, **members):
    body = {"signature_name": signature, "examples": list(examples), **members}
    return rest.post("/v1/models/toy:classify", body)


def test_classify_answers_pairs_of_label_and_score(rest):
    response = classify(rest, "classify", {"x": [1.0, 2.5]}, {"x": 4.0})
    assert response.json() == {
        "results": [[["cat", 3.5], ["dog", -3.5]], [["cat", 4.0], ["dog", -4.0]]]
    }


def test_classify_without_labels_has_empty_labels(rest):
    response = classify(rest, "classify_scores", {"x": [1.0, 2.5]})
    assert response.json() == {"results": [[["", 1.0], ["", 2.5]]]}


def test_classify_without_scores_has_scores_0(rest):
    response = classify(rest, "classify_classes", {"x": [1.0, 2.5]})
    assert response.json() == {"results": [[["1.0", 0.0], ["2.5", 0.0]]]}


def test_classify_puts_the_context_before_each_example(rest):
    response = classify(rest, "classify_scores", {}, {"x": 3.0}, context={"x": 2.0})
    assert response.json() == {"results": [[["", 2.0]], [["", 3.0]]]}


@pytest.mark.parametrize(
    ("signature", "message"),
    [
        ("nothing", "No signature was found with the name: nothing"),
        ("classify_vector", "Expected Tensor shape: [batch_size num_classes]"),
        ("halve", "No classification inputs found"),
        ("arithmetic", "Expected one input Tensor."),
        ("regress", "at least one of"),
    ],
)
def test_classify_of_a_signature_that_does_not_fit_is_400(rest, signature, message):
    response = classify(rest, signature, {"x": 1.0})
    assert response.status_code == 400
    assert message in error_of(response)


@pytest.mark.parametrize("example", [{"x": [1.0, 1]}, {"x": None}, {"x": "a"}, [1]])
def test_classify_of_a_bad_example_is_400(rest, example):
    assert classify(rest, "classify", example).status_code == 400


def regress(rest, signature: str, *examples):
    body = {"signature_name": signature, "examples": list(examples)}
    return rest.post("/v1/models/toy:regress", body)


def test_regress_answers_a_flat_list(rest):
    expected = {"results": [4.5, 1.0]}
    assert regress(rest, "regress", {"x": [1.0, 2.5]}, {}).json() == expected
    assert regress(rest, "regress_column", {"x": [1.0, 2.5]}).json() == {"results": [3.5]}


def test_regress_of_an_output_of_another_shape_is_400(rest):
    response = regress(rest, "regress_matrix", {"x": [1.0]})
    assert response.status_code == 400
    assert "[batch_size] or [batch_size, 1]" in error_of(response)


def test_regress_without_examples_is_400(rest):
    assert regress(rest, "regress").status_code == 400


def test_a_tf1_export_is_served_like_any_other(rest):
    assert rest.post("/v1/models/tf1:predict", {"instances": [[2.0], [6.0]]}).json() == {
        "predictions": [[3.0], [5.0]]
    }
    body = {"signature_name": "classify_x", "examples": [{"x": 2.0}]}
    assert rest.post("/v1/models/tf1:classify", body).json() == {"results": [[["", 3.0]]]}
    body = {"signature_name": "regress_x", "examples": [{"x": 2.0}]}
    assert rest.post("/v1/models/tf1:regress", body).json() == {"results": [3.0]}


def test_metrics_are_counted_per_model_and_status(rest):
    def count(name: str, status: str) -> int:
        page = rest.get("/monitoring/prometheus/metrics")
        assert page.headers["Content-Type"].startswith("text/plain")
        labels = f'model_name="{name}",status="{status}"'
        prefix = f":tensorflow:serving:request_count{{{labels}}} "
        found = [line for line in page.text.splitlines() if line.startswith(prefix)]
        return int(found[0].removeprefix(prefix)) if found else 0

    before = count("tf1", "OK"), count("tf1", "INVALID_ARGUMENT")
    rest.post("/v1/models/tf1:predict", {"instances": [[2.0]]})
    rest.post("/v1/models/tf1:predict", {"instances": [["a"]]})
    assert (count("tf1", "OK"), count("tf1", "INVALID_ARGUMENT")) == (before[0] + 1, before[1] + 1)
    latency = ':request_latency_count{model_name="tf1",API="Predict",entrypoint="REST"}'
    assert latency in rest.get("/monitoring/prometheus/metrics").text


def test_metrics_of_unknown_models_do_not_grow_the_page(rest):
    for number in range(3):
        rest.predict({"instances": [1]}, f"stranger{number}")
    assert "stranger" not in rest.get("/monitoring/prometheus/metrics").text


def test_ready_says_so(rest):
    response = rest.get("/ready")
    assert (response.status_code, response.text) == (200, "ready\n")
