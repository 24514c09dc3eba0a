"""Where vector indexes are searched: on the CPU, or on a GPU where FAISS was built for one and finds it.

Owns the kinds of index that each has, and the way of an index there. What is kept and saved is always the CPU's form.
"""

import logging
from typing import Any, Literal

IndexDevice = Literal["cpu", "cuda"]
EmbeddingDevice = Literal["cpu", "cuda"]
IndexKind = Literal["flat", "hnsw", "ivf"]

log = logging.getLogger(__name__)

_HNSW_LINKS = 32
_HNSW_SEARCH = 128
_LISTS_PER_ROOT = 4
"""FAISS's guide: four to sixteen lists for each root of the number of vectors."""
_SEARCHED_SHARE = 1 / 16
_LEAST_SEARCHED = 8


def usable_device(faiss: Any, wanted: IndexDevice) -> IndexDevice:
    """Return the device to use; where the GPU that is wanted is not there, the log says so and the CPU is used."""
    if wanted == "cpu":
        return "cpu"
    if not hasattr(faiss, "StandardGpuResources"):
        log.warning("This FAISS was built without GPUs (extra `gpu`): vectors are searched on the CPU.")
        return "cpu"
    if faiss.get_num_gpus() == 0:
        log.warning("FAISS finds no GPU: vectors are searched on the CPU.")
        return "cpu"
    return "cuda"


def kind_for(count: int, exact_limit: int, device: IndexDevice) -> IndexKind:
    """Return the kind of index for so many vectors. Above the limit not every vector is compared; HNSW, the better way
    on a CPU, does not exist on a GPU."""
    if count <= exact_limit:
        return "flat"
    return "ivf" if device == "cuda" else "hnsw"


def make_base(faiss: Any, kind: IndexKind, vectors: Any) -> Any:
    """Return an empty index of a kind; one that has to learn from the vectors has done so."""
    dimension_count = vectors.shape[1]
    if kind == "flat":
        return faiss.IndexFlatIP(dimension_count)
    if kind == "hnsw":
        return faiss.IndexHNSWFlat(dimension_count, _HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
    list_count = min(len(vectors), int(_LISTS_PER_ROOT * len(vectors) ** 0.5))
    whole = faiss.IndexFlatIP(dimension_count)
    base = faiss.IndexIVFFlat(whole, dimension_count, list_count, faiss.METRIC_INNER_PRODUCT)
    base.cp.min_points_per_centroid = 1  # else it complains of few vectors, and learns all the same
    base.train(vectors)
    base.set_direct_map_type(faiss.DirectMap.Array)  # so that vectors can be read back
    return base


def kind_of(faiss: Any, base: Any) -> IndexKind:
    """Return the kind of an index."""
    found = faiss.downcast_index(base)
    if isinstance(found, faiss.IndexFlatIP):
        return "flat"
    return "hnsw" if isinstance(found, faiss.IndexHNSWFlat) else "ivf"


def search_parameters(faiss: Any, kind: IndexKind, base: Any, **selector: Any) -> Any:
    """Return how an index on the CPU is searched."""
    if kind == "flat":
        return faiss.SearchParameters(**selector)
    if kind == "hnsw":
        return faiss.SearchParametersHNSW(efSearch=_HNSW_SEARCH)
    return faiss.SearchParametersIVF(nprobe=searched_list_count(base.nlist))


def searched_list_count(list_count: int) -> int:
    """Return how many of an IVF index's lists a search looks into."""
    return min(list_count, max(_LEAST_SEARCHED, int(list_count * _SEARCHED_SHARE)))


def on_gpu(faiss: Any, kind: IndexKind, base: Any) -> Any:
    """Return a copy of an index on the first GPU."""
    copy = faiss.index_cpu_to_gpu(faiss.StandardGpuResources(), 0, base)
    if kind == "ivf":
        copy.nprobe = searched_list_count(copy.nlist)
    return copy
