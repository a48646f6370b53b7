from components.by_length import LengthScore
from components.figures import bleu_by_length_chart


def test_a_line_for_every_model_over_the_same_buckets():
    models = {
        "attention": [LengthScore("1-5", 4, 30.0), LengthScore("11-15", 2, 29.0)],
        "no attention": [LengthScore("1-5", 4, 30.0), LengthScore("11-15", 2, 12.0)],
    }
    axes = bleu_by_length_chart(models).axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1-5\n(4)", "11-15\n(2)"]
    assert [line.get_label() for line in axes.lines] == list(models)
    assert axes.lines[1].get_xydata().tolist() == [[0, 30], [1, 12]]
