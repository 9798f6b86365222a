"""timm's ``summary.csv``: ``epoch,train_loss,eval_loss,eval_top1,eval_top5,lr``."""

from __future__ import annotations

from diagnostics.readers.registry import reader
from diagnostics.readers.tables import Dialect, Table
from diagnostics.readers.wide import WideTable, realign


@reader("timm_csv")
class TimmCsv(WideTable):
    """Training loss and ``eval_`` columns, the learning rate last."""

    format = "timm_csv"

    def signature(self, header: frozenset[str], found: Dialect) -> float:
        """An epoch column first, then training and eval_ losses."""
        ours = found.header[0] == "epoch" and {"train_loss", "eval_loss"} <= header
        return 0.85 if ours else 0.0

    def repair(self, table: Table) -> Table:
        """An epoch without evaluation is written without its cells: the learning rate slides under ``eval_loss``."""
        evals = [i for i, n in enumerate(table.names) if n.startswith("eval_")]
        short = len(table.names) - len(evals)
        if not table.widths or short not in table.widths:
            return table
        places = iter(range(short))
        return realign(table, short, [None if i in evals else next(places) for i in range(len(table.names))])
