"""The triage of 30 to 60 minutes as data: its parts, the steps files can answer and the questions only people can.

Source: the course text on debugging neural networks, its triage roadmap (procedure 7), the reading checklist for
curves (procedure 1), and the minimal per-class report and slice analysis (procedures 3 and 4).
"""

from __future__ import annotations

from dataclasses import dataclass

from app.i18n import N_


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something the files may answer: the rules whose outcomes answer it.

    Attributes
    ----------
    id : str
    title : str
        Message id.
    rules : tuple of str
        Rule ids.
    kind : str
        "run" or "predictions": what the rules look at.
    """

    id: str
    title: str
    rules: tuple[str, ...]
    kind: str = "run"


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something only a person can tick off."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of the six parts; `page` is where to look closer."""

    id: str
    title: str
    minutes: str
    steps: tuple[Step, ...] = ()
    questions: tuple[Question, ...] = ()
    page: str = ""


PARTS = (
    Part(
        id="pipeline",
        title=N_("Pipeline sanity"),
        minutes="5–10",
        page="files",
        steps=(
            Step(
                id="numbers",
                title=N_("A loss that is finite, and learning at all"),
                rules=("nonfinite_loss", "stuck_at_chance"),
            ),
            Step(
                id="log",
                title=N_("Interruptions of the log"),
                rules=("restarted_log",),
            ),
            Step(
                id="table",
                title=N_("Labels, scores and rows one can trust"),
                rules=("missing_labels", "duplicate_rows", "constant_score", "not_probabilities"),
                kind="predictions",
            ),
        ),
        questions=(
            Question(id="pairs", text=N_("I looked at 20 inputs with their labels as they leave the data loader")),
            Question(id="memorize", text=N_("I trained on 32 to 128 fixed examples, and the loss went to almost zero")),
        ),
    ),
    Part(
        id="curves",
        title=N_("Curves"),
        minutes="10",
        page="curves",
        steps=(
            Step(
                id="comparable",
                title=N_("1. Training and validation comparable"),
                rules=("validation_easier",),
            ),
            Step(
                id="drop",
                title=N_("2. Start and pace of the training loss"),
                rules=("stuck_at_chance", "slow_training", "unstable_training", "underfitting"),
            ),
            Step(
                id="gap",
                title=N_("3. Gap between training and validation"),
                rules=("generalization_gap", "overfitting"),
            ),
            Step(
                id="turn",
                title=N_("4. Turning point, and where the run ended"),
                rules=("overfitting", "still_improving", "checkpoint_missed"),
            ),
            Step(
                id="agree",
                title=N_("5. Loss against metric"),
                rules=("loss_metric_mismatch",),
            ),
        ),
        questions=(
            Question(
                id="preprocessing",
                text=N_("Training and validation share their preprocessing; validation has no random augmentation"),
            ),
        ),
    ),
    Part(
        id="matrix",
        title=N_("Confusion matrix and classes"),
        minutes="10",
        page="confusion",
        steps=(
            Step(
                id="confusions",
                title=N_("Errors concentrated between classes"),
                rules=("confused_pair", "sink_class"),
                kind="predictions",
            ),
            Step(
                id="rare",
                title=N_("Classes that are hardly ever found"),
                rules=("rare_class_low_recall",),
                kind="predictions",
            ),
            Step(
                id="scores",
                title=N_("Threshold, calibration, residuals"),
                rules=(
                    "threshold_misplaced", "miscalibration", "biased_residuals", "heteroscedastic_residuals",
                    "residual_outliers",
                ),
                kind="predictions",
            ),
        ),
        questions=(
            Question(id="examples", text=N_("I read wrong examples of the worst classes: hard cases or silly ones")),
        ),
    ),
    Part(
        id="slices",
        title=N_("Slices"),
        minutes="10–20",
        page="slices",
        steps=(
            Step(
                id="weak",
                title=N_("Subgroups clearly worse than the rest"),
                rules=("weak_slice",),
                kind="predictions",
            ),
            Step(
                id="labels",
                title=N_("Consistency of the labels"),
                rules=("inconsistent_labels_slice", "suspected_label_errors"),
                kind="predictions",
            ),
        ),
        questions=(
            Question(id="critical", text=N_("I know which subgroups matter most to the people who use the model")),
        ),
    ),
)  # fmt: skip

HYPOTHESES = Part(
    id="hypotheses",
    title=N_("Hypotheses"),
    minutes="3",
    questions=(
        Question(id="separating", text=N_("I ran the check that tells the first two causes apart")),
    ),
)  # fmt: skip

INTERVENTIONS = Part(
    id="interventions",
    title=N_("Two interventions"),
    minutes="2",
    questions=(
        Question(id="prediction", text=N_("I wrote down what I expect before I start the new run")),
        Question(id="single", text=N_("Each new run changes one thing only")),
    ),
)
