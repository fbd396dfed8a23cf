"""One training run: steps, averaged weights, evaluation as it goes, checkpoints, resumption."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from index.errors import ModelError
from qa.encoding import Encoder
from qa.scorers import TorchScorer
from qa.training.checkpoints import State, load_latest, replace_folder, save_state
from qa.training.config import MAY_CHANGE, TrainConfig, TrainResult, as_json
from qa.training.data import Mixture
from qa.training.development import Development, held_groups
from qa.training.group_loss import group_loss
from qa.training.groups import Group
from qa.training.learning import allowed_positions, batches, collate, learning_rate, span_loss
from qa.training.negatives import Negatives

if TYPE_CHECKING:
    import torch

HELD_FACTS, HELD_UNANSWERABLE = 100, 50


class Run:
    """The state of one run while it goes."""

    def __init__(self, config: TrainConfig) -> None:
        import torch
        from transformers import AutoModelForQuestionAnswering

        self.config = config
        config.out.mkdir(parents=True, exist_ok=True)
        if config.threads:
            torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        negatives = Negatives(config.negatives)
        self.mixture = Mixture(config.parts, config.pairs, config.groups, negatives)
        self.encoder = Encoder.from_folder(config.start)
        options: dict[str, Any] = {
            "local_files_only": True,
            "dtype": torch.float32,
            "attn_implementation": "eager",
            "hidden_dropout_prob": config.dropout,
            "attention_probs_dropout_prob": config.dropout,
        }
        try:
            self.model = AutoModelForQuestionAnswering.from_pretrained(config.start, **options)
        except OSError as error:
            raise ModelError(f"{config.start}: not a reader folder: {error}") from error
        self.shadow = AutoModelForQuestionAnswering.from_pretrained(config.start, **options).eval()
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=config.rate, weight_decay=config.decay, fused=True
        )
        self.step = 0
        self.best: float | None = None
        held = held_groups(self.mixture.held, negatives, HELD_FACTS, HELD_UNANSWERABLE)
        self.development = Development(config.dev, config.dev_rows, self.mixture.texts(), held)
        self._resume()

    def go(self) -> TrainResult:
        """All steps that are left."""
        from tqdm import tqdm

        config = self.config
        self._log({"config": as_json(config), "from_step": self.step})
        if self.step == 0:
            self._evaluate()
        lasting = sys.stderr.isatty()
        bar = tqdm(
            total=config.steps, initial=self.step, unit="step", mininterval=0.5 if lasting else 30
        )
        losses: list[float] = []
        since, examples_done = time.monotonic(), 0
        for groups, label in self._stream():
            losses.append(self._learn(groups, label))
            examples_done += sum(len(group.examples) for group in groups)
            self.step += 1
            bar.update()
            if self.step % 50 == 0 or self.step == config.steps:
                pace = examples_done / (time.monotonic() - since)
                rate = learning_rate(self.step - 1, config.steps, config.rate, config.warmup)
                facts = {"step": self.step, "loss": fmean(losses), "rate": rate, "examples_s": pace}
                self._log(facts)
                bar.set_postfix(loss=f"{fmean(losses):.3f}", examples_s=f"{pace:.1f}")
                losses, since, examples_done = [], time.monotonic(), 0
            if self.step % config.evaluate_every == 0 or self.step == config.steps:
                self._evaluate()
                since, examples_done = time.monotonic(), 0
            if self.step % config.save_every == 0 or self.step == config.steps:
                self._save()
        bar.close()
        self._write_model(config.out / "last", {})
        best = config.out / "best"
        return TrainResult(self.step, self.best, best if best.is_dir() else config.out / "last")

    def _stream(self) -> Iterator[tuple[tuple[Group, ...], str]]:
        """The batches from the current step on, with a label that seeds how each is cut."""
        epoch, passed = 0, 0
        while passed < self.config.steps:
            cut = batches(
                self.mixture.epoch(self.config.seed, epoch),
                self.config.batch,
                self.config.seed,
                epoch,
                self.config.batch_tokens,
            )
            if not cut:
                raise ModelError("the training files hold no usable example")
            self._log({"epoch": epoch, "batches": len(cut), "skipped": dict(self.mixture.skipped)})
            for number, groups in enumerate(cut):
                if passed >= self.config.steps:
                    return
                passed += 1
                if passed > self.step:
                    yield groups, f"{self.config.seed}/{epoch}/{number}"
            epoch += 1

    def _learn(self, groups: tuple[Group, ...], label: str) -> float:
        import torch

        config = self.config
        examples = [example for group in groups for example in group.examples]
        batch, targets, windows = collate(self.encoder, examples, config.max_tokens, label)
        for slot in self.optimizer.param_groups:
            slot["lr"] = learning_rate(self.step, config.steps, config.rate, config.warmup)
        self.model.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=config.bfloat16):
            out = self.model(
                input_ids=torch.from_numpy(batch.ids),
                attention_mask=torch.from_numpy(batch.mask),
                token_type_ids=torch.from_numpy(batch.types),
            )
        allowed = allowed_positions(windows, batch.ids.shape[1])
        start, end = out.start_logits, out.end_logits
        loss = span_loss(start, end, allowed, targets, config.smoothing)
        if config.groups.size > 1:
            sizes = [len(group.examples) for group in groups]
            loss = config.groups.each * loss + group_loss(start, end, allowed, targets, sizes)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), config.clip, foreach=True)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        if (self.step + 1) % config.average_every == 0:
            self._average()
        return float(loss.detach())

    def _average(self) -> None:
        """Move the averaged weights towards the current ones."""
        import torch

        done = (self.step + 1) // self.config.average_every
        keep = min(self.config.average, (done - 1) / done)
        with torch.no_grad():
            pairs = zip(self.shadow.parameters(), self.model.parameters(), strict=True)
            for slow, fast in pairs:
                slow.lerp_(fast, 1 - keep)

    def _evaluate(self) -> None:
        """Score the averaged weights and keep them where they are the best so far."""
        if not self.development:
            return
        started = time.monotonic()
        scorer = TorchScorer(self.shadow, self.config.bfloat16)
        facts = {"step": self.step, **self.development.measure(scorer, self.encoder)}
        self._log({**facts, "seconds": time.monotonic() - started})
        if self.best is None or facts["score"] > self.best:
            self.best = float(facts["score"])
            self._write_model(self.config.out / "best", facts)

    def _write_model(self, target: Path, facts: Mapping[str, Any]) -> None:
        """The averaged weights as a Hugging Face folder, with the tokenizer of the start."""
        aside = target.with_name(f".writing-{target.name}")
        shutil.rmtree(aside, ignore_errors=True)
        self.shadow.save_pretrained(aside)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            if (self.config.start / name).is_file():
                shutil.copyfile(self.config.start / name, aside / name)
        (aside / "scores.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        replace_folder(aside, target)

    def _save(self) -> None:
        import torch

        tensors: dict[str, torch.Tensor] = {"rng": torch.get_rng_state()}
        tensors |= {f"model/{name}": value for name, value in self.model.state_dict().items()}
        tensors |= {f"average/{name}": value for name, value in self.shadow.state_dict().items()}
        for number, values in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{number}/{name}": value for name, value in values.items()}
        facts = {"step": self.step, "best": self.best, "config": as_json(self.config)}
        save_state(self.config.out / "checkpoints", State(tensors, facts), self.step)

    def _resume(self) -> None:
        import torch

        state = load_latest(self.config.out / "checkpoints")
        if state is None:
            return
        now, then = as_json(self.config), state.facts["config"]
        changed = [k for k in now if k not in MAY_CHANGE and now[k] != then.get(k)]
        if changed:
            raise ModelError(
                f"{self.config.out}: was begun with other settings ({', '.join(sorted(changed))}); "
                "give the same ones or another --out"
            )
        groups: dict[str, dict[str, torch.Tensor]] = {"model": {}, "average": {}, "optimizer": {}}
        for name, value in state.tensors.items():
            kind, _, rest = name.partition("/")
            if rest:
                groups[kind][rest] = value
        self.model.load_state_dict(groups["model"])
        self.shadow.load_state_dict(groups["average"])
        slots: dict[int, dict[str, torch.Tensor]] = {}
        for name, value in groups["optimizer"].items():
            number, _, slot = name.partition("/")
            slots.setdefault(int(number), {})[slot] = value
        param_groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": slots, "param_groups": param_groups})
        torch.set_rng_state(state.tensors["rng"])
        self.step, self.best = int(state.facts["step"]), state.facts["best"]

    def _log(self, facts: Mapping[str, Any]) -> None:
        line = json.dumps({**facts, "time": time.strftime("%Y-%m-%dT%H:%M:%S")})
        with (self.config.out / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
