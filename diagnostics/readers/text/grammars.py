"""The families of log lines, one entry each; the more particular first, the general one last.

To teach the clinic another log, add an entry. A file is read by the entry that finds the most numbers in it, the
earlier one on a tie.
"""

from __future__ import annotations

import re

from diagnostics.readers.text.blocks import Box, Table
from diagnostics.readers.text.grammar import NUMBER, Family, Grammar
from diagnostics.types import Setting, Split

_COUNT = r"(?:\(\w+\))?\s*[:=#]?\s*[\[(]?\s*0*(?P<{0}>\d+)(?:\s*(?:/|of)\s*\d+)?\s*[\])]?"
_EPOCH = r"\b(?:epochs?|ep|[eé]pocas?|[eé]poques?|epochen?)\b" + _COUNT.format("epoch")
_STEP = (
    r"\b(?:global[_ ]?step|steps?|iter(?:ation)?s?|it|update|updates|round|episode|num_updates|batch|passo|paso)\b"
    + _COUNT.format("step")
)
_COUNTED = re.sub(r"\?P<\w+>", "?:", rf"(?:{_EPOCH}|{_STEP})")
_SPLIT = r"(?P<split>train(?:ing)?|val(?:id(?:ation)?)?|eval(?:uation)?|test(?:ing)?|dev)"
_TIMES = r"(?:\d+(?:\.\d+)?(?:us|ms|s|min|h)\b(?:/(?:step|epoch|sample))?\s*)+"

GRAMMARS: tuple[Family, ...] = (
    Grammar(
        id="keras",
        bar=True,
        header=r"^\s*Epoch (?P<epoch>\d+)/\d+\s*$",
        # A bar "12/100 [=>...]" or "12/100 ━━━", times, then " - name: number" parts; verbose=2 has no bar.
        line=(
            r"^\s*(?:(?P<done>\d+)/(?P<total>\d+|Unknown)\s*(?:\[[=>.\s]*\]|[━─╸╺\s]*)\s*)?"
            rf"(?:(?:-\s*)?(?:ETA: [\d:]+s?|{_TIMES})\s*)*(?P<values>-\s+[\w@.]+: {NUMBER}.*)$"
        ),
        pairs=rf"- (?P<name>[A-Za-z_][\w@./\- ]*?): (?P<value>{NUMBER})(?P<unit>%?)",
        needs=1,
    ),
    Grammar(
        id="tqdm",
        bar=True,
        probe="%|",
        line=(
            rf"^(?:.*?{_EPOCH})?.*?\d+%\|.*\|\s*(?P<done>\d+)/(?P<total>\d+)\s*\[[^,\]]*(?:,\s*[^,\]=]*)?,"
            r"\s*(?P<values>[^\]]*=[^\]]*)\]?"
        ),
        pairs=rf"(?P<name>[A-Za-z_][\w./@\- ]*?)=(?P<value>{NUMBER})(?P<unit>%?)(?![\w.])",
    ),
    Grammar(
        id="llmc",
        line=rf"^s:(?P<step>\d+)\s+(?P<values>(?:tel|trl|eval|norm|lr):{NUMBER}.*)$",
        pairs=rf"(?P<name>\w+):(?P<value>{NUMBER})",
        names={"tel": "val_loss", "trl": "train_loss", "eval": "hellaswag_acc"},
    ),
    Grammar(
        id="xgboost",
        line=rf"^(?:.*?\s)?\[(?P<step>\d+)\]\s+(?P<values>[\w.\-+@ ]+[-_][\w.@\-]+:{NUMBER}.*)$",
        pairs=rf"(?P<name>[\w.\-@]+):(?P<value>{NUMBER})(?:\+{NUMBER})?",
        setting=Setting.BOOSTING,
    ),
    Grammar(
        id="lightgbm",
        line=r"^(?:\[LightGBM\]\s*\[\w+\]\s*)?\[(?P<step>\d+)\]\s+(?P<values>.*('s|cv_agg|valid\S*|train\S*) .*:.*)$",
        pairs=rf"(?P<name>[\w.@]+(?:'s)? [\w.@\-]+)\s*:\s*(?P<value>{NUMBER})(?:\s*\+\s*{NUMBER})?",
        setting=Setting.BOOSTING,
    ),
    Grammar(
        id="catboost",
        line=rf"^(?P<step>\d+):\s+(?P<values>(?:learn|test)\d*: {NUMBER}.*?)(?:\s+best\d*:.*)?(?:\s+total:.*)?$",
        pairs=rf"(?P<name>learn|test\d*): (?P<value>{NUMBER})",
        splits={"learn": Split.TRAIN, "test": Split.VALIDATION},
        setting=Setting.BOOSTING,
    ),
    Grammar(
        id="sklearn",
        line=rf"^(?:\[\w+\]\s*)?Iteration (?P<step>\d+), (?P<values>loss = {NUMBER})",
        carry=rf"^(?P<values>Validation score: {NUMBER})",
    ),
    Grammar(
        id="darknet",
        line=(
            rf"^\s*(?P<step>\d+): (?:loss=)?(?P<train_loss>{NUMBER}), (?:avg loss=)?(?P<avg_loss>{NUMBER})"
            rf"(?: avg(?: loss)?)?, (?:rate=)?(?P<learning_rate>{NUMBER})(?: rate)?,"
        ),
        carry=rf"^\s*(?P<values>mean_average_precision \(mAP@[\d.]+\) = {NUMBER})",
        pairs=rf"(?P<name>mAP@[\d.]+)\) = (?P<value>{NUMBER})",
    ),
    Grammar(
        id="coqui",
        probe=">",
        header=(
            r"^\s*(?:>|-->)\s*(?:EPOCH: (?P<epoch>\d+)(?:/\d+)?|TIME: .*GLOBAL_STEP: (?P<step>\d+)|"
            r"(?P<split>TRAIN|EVAL)[A-Z ]*)\W*.*$"
        ),
        line=rf"^\s*\|\s*>\s*(?P<values>[\w ./]+:\s*{NUMBER}.*)$",
        pairs=rf"(?P<name>[A-Za-z][\w./ ]*?):\s*(?P<value>{NUMBER})",
    ),
    Grammar(
        id="hf_trainer",
        line=rf"^.*?(?P<values>\{{'(?:loss|eval_\w+|train_\w+|grad_norm|learning_rate)': '?{NUMBER}.*\}})",
        probe="'epoch':",
        pairs=rf"'(?P<name>[\w/@.\-]+)': '?(?P<value>{NUMBER})'?",
    ),
    Grammar(
        id="fairseq",
        probe="| epoch ",
        line=r"^.*?\|\s*(?P<split>train|train_inner|valid)\s*\|\s*(?P<values>epoch \d+.*)$",
        pairs=rf"(?<![\w.])(?P<name>[a-z_]\w*)[ =](?P<value>{NUMBER})(?=\s|,|:|$)",
    ),
    Grammar(
        id="sample_progress",
        # The PyTorch MNIST example: "Train Epoch: 1 [640/60000 (1%)] Loss: 2.28".
        line=rf"^(?:{_SPLIT} )?{_EPOCH}\s*\[\s*(?P<batch>\d+)/(?P<batches>\d+) \(\s*\d+%\)\]\s*(?P<values>.*)$",
        carry=rf"^\W*{_SPLIT}\b[\w ]*:\s*(?P<values>.*)$",
    ),
    Grammar(
        id="epoch_batch",
        # torchvision, MMDetection, the ImageNet example: "Epoch: [0]  [ 10/196]  lr: ... loss: 6.9 (7.0)".
        line=(
            rf"^.*?\bEpoch\s*(?:\({_SPLIT}\))?\s*:?\s*\[\s*(?P<epoch>\d+)(?:/\d+)?\]\s*"
            r"\[\s*(?P<batch>\d+)(?:/(?P<batches>\d+))?\]\s*(?P<values>.*)$"
        ),
        carry=rf"^(?!.*\[\s*\d+/\d+\])\s*\**\s*(?:{_SPLIT}\b)?[: *]*(?P<values>.*(?:Acc|Prec|Err|IoU|mAP|loss).*)$",
        carry_split="val",
    ),
    Grammar(
        id="log",
        header=rf"^[\W_]*(?:{_EPOCH}|{_STEP})(?:[\W_]*|\s*\|?\s*(?:epoch )?time\b[^|]*)$",
        general=True,
        line=rf"^(?!.*%\|)(?=.*?{_COUNTED})(?:(?=.*?{_EPOCH})|)(?:(?=.*?{_STEP})|)(?P<values>.*)$",
        carry=rf"^\W*(?P<values>(?:{_SPLIT}|avg|average|loss|acc(?:uracy)?|f1)\b.*)$",
    ),
    Table(
        id="table",
        general=True,
        names={
            "Box(P": "metrics/precision(B)",
            "R": "metrics/recall(B)",
            "mAP50": "metrics/mAP50(B)",
            "mAP50-95)": "metrics/mAP50-95(B)",
        },
    ),
    Box(id="box", general=True),
)
