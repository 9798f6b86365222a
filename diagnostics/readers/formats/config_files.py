"""Configuration files in YAML and JSON; read as data only, whatever tags they carry."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from diagnostics.exceptions import BrokenFile, NotALog, TooLarge, UnreadableFile
from diagnostics.readers import names
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.readers.values import flat
from diagnostics.types import Role, RunConfig

MAX_BYTES = 1 << 20
# Merge keys multiply: with this many references a document cannot grow beyond some thousand entries.
_MAX_MERGED = 24
# Hyperparameters that at least one of is in nearly every training configuration.
_TELLING = re.compile(
    r"""^[\s"'-]*(?:lr0?|learning_rate|lr_\w+|batch_?size|(?:per_device_)?train_batch_size|batch|epochs?|n_?epochs"""
    r"""|(?:num_)?(?:train_)?epochs|max_epochs|max_steps|n_timesteps|optimi[sz]er|weight_decay|dropout\w*|momentum|seed"""
    r"""|gamma|hidden_sizes?|hidden_(?:dim|size)|imgsz|model|num_classes|num_(?:hidden_)?layers)["']?\s*:""",
    re.MULTILINE | re.IGNORECASE,
)
_NAME = re.compile(r"config|hparams|hyp|args|opt|params|setting|overrides|meta|arguments|training_args", re.IGNORECASE)
_KEY_LINE = re.compile(r"^[ \t-]*[\w./@\"'-]+[\"']?[ \t]*:(?:\s|$)")
# Keys of files that describe something else than a training.
_OTHER = {
    "services": "compose",
    "jobs": "workflow",
    "dependencies": "environment",
    "apiVersion": "kubernetes",
    "nbformat": "notebook",
}


class _DataLoader(yaml.SafeLoader):
    """YAML's safe loader that keeps the data under unknown tags and builds nothing else."""


def _untagged(loader: _DataLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return _pairs(loader.construct_sequence(node, deep=True))
    return str(node.value)


def _pairs(items: list[Any]) -> Any:
    """An OrderedDict is written as a list that holds the list of its pairs."""
    inner = items[0] if len(items) == 1 and isinstance(items[0], list) else items
    if inner and all(isinstance(p, list) and len(p) == 2 and isinstance(p[0], str) for p in inner):
        return {p[0]: p[1] for p in inner}
    return items


_DataLoader.add_multi_constructor("tag:yaml.org,2002:python/", _untagged)
_DataLoader.add_multi_constructor("!", _untagged)


@reader("config_yaml", kind="config")
class YamlConfig:
    """hparams.yaml, args.yaml, hyp.yaml, opt.yaml, W&B and rl-zoo configurations."""

    def sniff(self, source: Source) -> float:
        """By keys that are hyperparameters, or by lines of ``key: value`` in a YAML file."""
        text = source.head_text.lstrip("\ufeff")
        named = source.suffix in (".yaml", ".yml")
        if not text or (text.lstrip().startswith(("{", "[", "<")) and not named):
            return 0.0
        lines = [line for line in text.splitlines()[:200] if line.strip() and not line.lstrip().startswith(("#", "-"))]
        keyed = sum(bool(_KEY_LINE.match(line)) for line in lines)
        if text.startswith(("!!python/", "wandb_version:")):
            return 0.95
        if not lines or keyed < 0.7 * len(lines):
            return 0.3 if named else 0.0
        telling = len(set(_TELLING.findall(text)))
        if named:
            return 0.9 if telling else 0.6
        return 0.6 if telling >= 2 and keyed == len(lines) else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read the settings, flat; raises NotALog for YAML that is no configuration of a training."""
        text = _text(source)
        if "<<" in text and len(re.findall(r"[\s\[,]\*\w", text)) > _MAX_MERGED:
            raise TooLarge("yaml_aliases", file=source.name, remedy="plain_yaml", limit=_MAX_MERGED)
        try:
            value = yaml.load(text, Loader=_DataLoader)
        except yaml.YAMLError as error:
            place = getattr(error, "problem_mark", None)
            where = f"line {place.line + 1}, column {place.column + 1}" if place is not None else ""
            raise BrokenFile(
                "broken_yaml", file=source.name, place=where, expected="YAML", remedy="check_yaml"
            ) from error
        except RecursionError as error:
            raise TooLarge("too_deep", file=source.name, remedy="plain_yaml", limit=100) from error
        return [_config(source, "config_yaml", value)]


@reader("config_json", kind="config")
class JsonConfig:
    """Spinning Up, Hugging Face training arguments, run metadata: one object of settings."""

    def sniff(self, source: Source) -> float:
        """By keys that are hyperparameters where no key holds a curve."""
        text = source.head_text.lstrip("\ufeff \r\n\t")
        if not text.startswith("{") or '"log_history"' in text or source.size > MAX_BYTES:
            return 0.0
        if re.match(r"\{.*\}\s*\n\s*\{", text[:20_000]):
            return 0.0  # JSON lines
        telling = len(set(_TELLING.findall(re.sub(r"[{,]", "\n", text))))
        named = 0.15 if _NAME.search(source.stem) else 0.0
        return min(0.9, 0.3 + 0.1 * telling + named) if telling or named else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read the settings; an object with curves is left to the readers of logs."""
        try:
            value = json.loads(_text(source))
        except ValueError as error:
            raise UnreadableFile("broken_json", file=source.name, expected="JSON", remedy="check_json") from error
        except RecursionError as error:
            raise TooLarge("too_deep", file=source.name, remedy="plain_yaml", limit=1000) from error
        return [_config(source, "config_json", value)]


def _text(source: Source) -> str:
    if source.size > MAX_BYTES:
        raise TooLarge("config_bytes", file=source.name, remedy="see_formats", limit=MAX_BYTES, size=source.size)
    return source.text().lstrip("\ufeff")


def _config(source: Source, format: str, value: Any) -> RunConfig:
    if value is None or value == {}:
        return RunConfig(name=source.stem, values={}, source=source.described(format))
    if not isinstance(value, Mapping):
        raise UnreadableFile("no_settings", file=source.name, found=type(value).__name__, remedy="see_formats")
    if _holds_curves(value):
        raise UnreadableFile("holds_curves", file=source.name)
    other = next((kind for key, kind in _OTHER.items() if key in value), None)
    if other and not _TELLING.search("\n".join(f"{key}:" for key in value)):
        raise NotALog("seems_configuration", file=source.name, found=other, remedy="upload_log")
    values = flat(_wandb(value))
    if values and sum(map(_is_result, values)) > len(values) / 2:
        raise NotALog("seems_summary", file=source.name, found=", ".join(list(values)[:6]), remedy="upload_log")
    return RunConfig(name=source.stem, values=values, source=source.described(format))


def _holds_curves(value: Mapping[str, Any]) -> bool:
    """Whether a key that names a loss or a metric holds a list of numbers."""
    for key, inner in value.items():
        if isinstance(inner, list) and len(inner) > 1 and all(isinstance(v, int | float) for v in inner):
            reading = names.parse(str(key))
            if reading.certain and reading.role in (Role.LOSS, Role.METRIC):
                return True
    return False


def _is_result(key: str) -> bool:
    reading = names.parse(key.rpartition(".")[2])
    return reading.certain and reading.role in (Role.LOSS, Role.METRIC, Role.TIMING)


def _wandb(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """W&B wraps each setting as ``{desc, value}`` and keeps its own data beside them."""
    wrapped = [v for v in value.values() if isinstance(v, Mapping) and "value" in v and set(v) <= {"desc", "value"}]
    if not wrapped:
        return value
    return {
        key: inner["value"] if isinstance(inner, Mapping) and "value" in inner else inner
        for key, inner in value.items()
        if key not in ("_wandb", "wandb_version")
    }
