from app.components.findings import grouping
from diagnostics.types import Finding, Report, RuleOutcome, Severity, Status, Subject

A, B, C = (Subject(kind="run", name=name, key=name) for name in "abc")


def finding(id, subject, severity=Severity.MEDIUM, confidence=0.8):
    return Finding(id=id, subject=subject, severity=severity, confidence=confidence)


def report(*outcomes):
    findings = tuple(f for o in outcomes for f in o.findings)
    return Report(subjects=(A, B, C), outcomes=outcomes, findings=findings)


def found(rule, subject, **more):
    return RuleOutcome(rule=rule, subject=subject, status=Status.FOUND, findings=(finding(rule, subject, **more),))


def other(rule, subject, status):
    return RuleOutcome(rule=rule, subject=subject, status=status, reason="needs" if status is Status.SKIPPED else "")


def test_one_card_a_symptom_in_order_of_importance():
    made = grouping.cards(report(found("overfitting", A), found("slow_training", B), found("overfitting", C)))
    assert [(card.id, len(card.findings)) for card in made] == [("overfitting", 2), ("slow_training", 1)]
    assert made[0].top.subject == A


def test_good_news_is_no_card():
    all_well = report(found("healthy_run", A, severity=Severity.INFO), found("overfitting", B))
    assert [card.id for card in grouping.cards(all_well)] == ["overfitting"]
    assert [f.subject for f in grouping.fine(all_well)] == [A]


def test_the_verdict_counts_by_severity_and_status():
    counts = grouping.verdict(
        report(
            found("overfitting", A, severity=Severity.HIGH),
            found("slow_training", B, severity=Severity.MEDIUM),
            found("checkpoint_missed", C, severity=Severity.LOW),
            found("healthy_run", C, severity=Severity.INFO),
            other("nonfinite_loss", A, Status.CLEAR),
            other("loss_metric_mismatch", A, Status.SKIPPED),
            other("restarted_log", A, Status.CRASHED),
        )
    )
    assert counts == grouping.Verdict(action=2, watch=1, clear=1, unchecked=2)


def test_a_subject_is_clear_only_when_no_rule_of_the_step_fired():
    said = grouping.tally(
        report(
            found("overfitting", A),
            other("generalization_gap", A, Status.CLEAR),
            other("overfitting", B, Status.CLEAR),
            other("generalization_gap", B, Status.SKIPPED),
            other("overfitting", C, Status.SKIPPED),
            other("nonfinite_loss", C, Status.CLEAR),
        ),
        ("overfitting", "generalization_gap"),
    )
    assert [f.subject for f in said.found] == [A]
    assert said.clear == (B,)
    assert [o.subject for o in said.skipped] == [C]
    assert said.answered


def test_a_step_nobody_could_look_at_is_not_answered():
    assert not grouping.tally(report(other("overfitting", A, Status.SKIPPED)), ("overfitting",)).answered
