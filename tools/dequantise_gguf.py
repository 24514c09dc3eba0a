"""Makes a Hugging Face model folder from a GGUF file: the same weights, as numbers that vLLM reads on any processor.

    python tools/dequantise_gguf.py MODEL.gguf FOLDER

Runs in an environment with torch, transformers, accelerate, gguf and safetensors (`tools/set_up_vllm_cpu.py` makes
one). The values are those of the GGUF's quantisation, written as bfloat16, so both servers compute with the same model
up to rounding.
"""

import argparse
import json
from pathlib import Path

SHARD = "model.safetensors"
LEFT_OUT = {"quantization_config", "_pre_quantization_dtype", "_name_or_path", "_model_name_or_path"}


def main() -> None:
    """Read the arguments and convert."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gguf", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    convert(arguments.gguf, arguments.folder)
    print(arguments.folder)


def convert(gguf: Path, folder: Path) -> None:
    """Write config, tokenizer and weights of ``gguf`` into ``folder``."""
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    place = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name, "local_files_only": True}
    AutoTokenizer.from_pretrained(**place).save_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(**place, dtype=torch.bfloat16)
    state = {name: value.detach().to(torch.bfloat16).contiguous() for name, value in model.state_dict().items()}
    if "lm_head.weight" in state:
        # One memory for two names cannot be saved; and the config says that they are two.
        state["lm_head.weight"] = state["lm_head.weight"].clone()
    save_file(state, folder / SHARD, metadata={"format": "pt"})
    told = {"architectures": [type(model).__name__], "tie_word_embeddings": False, "dtype": "bfloat16"}
    config = {name: value for name, value in (model.config.to_dict() | told).items() if name not in LEFT_OUT}
    (folder / "config.json").write_text(json.dumps(config, indent=2, default=str))
    model.generation_config.save_pretrained(folder)


if __name__ == "__main__":
    main()
