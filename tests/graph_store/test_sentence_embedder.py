import json
import subprocess
import sys

import pytest
from longreader.graph_store.errors import ConfigurationError
from longreader.graph_store.sentence_embedder import SentenceEmbedder


def test_naming_the_model_loads_nothing():
    code = (
        "import sys; from longreader.graph_store.sentence_embedder import SentenceEmbedder\n"
        "embedder = SentenceEmbedder(); print(embedder.name, embedder.dimension_count, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["all-MiniLM-L6-v2", "384", "False"]


@pytest.mark.parametrize("modules", [None, "junk", "[]", '[{"path": "nowhere"}]', "[{}]"])
def test_a_folder_without_a_model_is_refused(tmp_path, modules):
    if modules is not None:
        (tmp_path / "modules.json").write_text(modules)
    with pytest.raises(ConfigurationError, match="not a folder with"):
        SentenceEmbedder(str(tmp_path))


def test_the_last_layer_tells_the_length_of_a_vector(tmp_path):
    (tmp_path / "modules.json").write_text(json.dumps([{"path": "1_Pooling"}, {"path": "2_Dense"}, {"path": "3_Norm"}]))
    for name, config in (("1_Pooling", {"word_embedding_dimension": 768}), ("2_Dense", {"out_features": 256})):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(json.dumps(config))
    assert SentenceEmbedder(str(tmp_path)).dimension_count == 256


def test_without_a_gpu_vectors_are_computed_on_the_cpu_and_the_log_says_so(caplog, monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    embedder = SentenceEmbedder(device="cuda")
    assert embedder.embed(["a river"]).shape == (1, 384)
    assert "vectors are computed on the CPU" in caplog.text
