"""Triage shows a run and its predictions as one diagnosis where they belong together, and apart where they do not."""

import numpy as np
import pytest

from tests.app.conftest import draw, texts
from tests.app.prediction_files import csv


def overfitted():
    epoch = np.arange(40)
    train = 2.3 * np.exp(-epoch / 6) + 0.02
    validation = np.where(epoch < 12, 2.3 * np.exp(-epoch / 6) + 0.35, 0.66 + 0.03 * (epoch - 12))
    return csv({"epoch": epoch, "loss": train.round(5), "val_loss": validation.round(5)})


def rare(n=3000):
    """Three classes, the rarest of which is mostly answered as the first."""
    random = np.random.default_rng(0)
    truth = random.choice(3, n, p=[0.5, 0.44, 0.06])
    answer = np.where(random.random(n) < 0.04, (truth + 1) % 3, truth)
    answer[(truth == 2) & (random.random(n) < 0.85)] = 0
    names = np.array(["ant", "bee", "cow"])
    return csv({"y_true": names[truth], "y_pred": names[answer]})


@pytest.mark.parametrize("lang", ["en", "pt"])
def test_files_of_one_folder_are_one_diagnosis(store, lang):
    project = store({"one/log.csv": overfitted(), "one/val.csv": rare()})
    said = texts(draw(project=project, lang=lang))
    told = {
        "en": ("a rare class is hardly found there", "of this class were learned by heart", "classes so unequal"),
        "pt": ("ali uma classe rara quase não é encontrada", "dessa classe foram decoradas", "classes tão desiguais"),
    }[lang]
    assert all(part in said for part in told)


def test_files_of_two_folders_stay_apart(store):
    project = store({"one/log.csv": overfitted(), "two/val.csv": rare()})
    said = texts(draw(project=project))
    assert "Overfitting" in said and "A rare class is hardly found" in said
    assert "Its predictions" not in said


def everything(page):
    return texts(page) + "\n".join(box.label for box in page.expander)


@pytest.mark.parametrize("folder", ["one", "two"])
def test_the_confusion_page_reads_a_set_together_with_its_own_run_only(store, folder):
    project = store({"one/log.csv": overfitted(), f"{folder}/val.csv": rare()})
    said = everything(draw("confusion", project=project))
    together = folder == "one"
    assert "A rare class is hardly found" in said
    assert ("of this class were learned by heart" in said) == together
    assert ("seen in the learning curves of" in said) == together


def test_the_thresholds_page_shows_what_its_own_run_says_of_its_topic(store):
    project = store({"one/log.csv": overfitted(), "one/val.csv": rare()})
    said = everything(draw("thresholds", project=project))
    assert "seen in the learning curves of" in said and "a rare class is hardly found there" in said
    apart = store({"one/log.csv": overfitted(), "two/val.csv": rare()}, "Apart")
    said = everything(draw("thresholds", project=apart))
    assert "A rare class is hardly found" in said and "seen in the learning curves of" not in said
