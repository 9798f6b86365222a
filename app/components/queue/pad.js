// The queue: one example at a time; keys tag at once, the server hears of it in the background.
class Queue {
  constructor(root) {
    this.root = root;
    this.examples = new Examples();
    this.outbox = new Outbox();
    this.cards = new Map();
    this.pictures = new Map();
    this.done = [];
    this.key = null;
    this.zoom = false;
    root.addEventListener("keydown", (event) => this.press(event));
  }

  show(component) {
    const data = JSON.parse(component.data);
    this.outbox.set = (name, value) => component.setStateValue(name, value);
    if (!this.examples.take(data.feed)) { this.outbox.ask(); return; }
    this.outbox.extra.wants = null;
    this.data = data;
    const refused = this.outbox.settle(data.answer);
    this.examples.forget(this.outbox.acked);
    for (const [key, card] of Object.entries(data.cards)) this.cards.set(key, card);
    for (const [key, url] of Object.entries(data.pictures)) this.pictures.set(key, url);
    this.order = data.feed.full ? data.feed.examples.map((entry) => entry[0]) : this.order.filter((k) => this.examples.all.has(k));
    if (refused.length) this.say(refused.map((item) => item.text).join(" "), true);
    if (!this.key && this.examples.all.has(data.start)) this.key = data.start;
    if (!this.key || !this.examples.all.has(this.key)) this.key = this.next(-1) || this.order[0] || null;
    if (new URL(window.location.href).searchParams.has("example")) this.remember(this.key);
    const mark = JSON.stringify([this.examples.number, this.key, data.categories, data.progress, this.outbox.waiting.length,
      this.cards.has(this.key), this.pictures.has(this.key), data.explain, data.blind]);
    if (mark === this.mark && !data.feed.full) return; // nothing new: leave focus and selection alone
    this.mark = mark;
    this.draw();
  }

  category(key) { return this.data.blind ? (this.data.mine[key] ?? this.blindLocal?.get(key) ?? null) : this.examples.get(key)?.category ?? null; }

  reviewed(key) {
    if (this.data.blind) return Boolean(this.category(key));
    const example = this.examples.get(key);
    return Boolean(example && (example.category || example.difficulty || example.seen));
  }

  next(from) {
    for (let step = 1; step <= this.order.length; step++) {
      const key = this.order[(from + step) % this.order.length];
      if (!this.reviewed(key)) return key;
    }
    return null;
  }

  go(key) {
    if (!key) return;
    this.key = key;
    this.zoom = false;
    this.remember(key);
    const place = this.order.indexOf(key);
    const near = this.order.slice(Math.max(0, place - 2), place + 6);
    if (near.some((k) => !this.cards.has(k)) || (this.data.has_pictures && near.some((k) => !this.pictures.has(k)))) {
      this.outbox.extra.at = key;
      this.outbox.send();
    }
    this.draw();
  }

  // The address names the example, so that loading it again, or sending it to somebody, opens the same one.
  remember(key) {
    const here = new URL(window.location.href);
    if (!key || here.searchParams.get("example") === key) return;
    here.searchParams.set("example", key);
    window.history.replaceState(window.history.state, "", here);
  }

  step(by) {
    const place = this.order.indexOf(this.key);
    this.go(this.order[Math.min(this.order.length - 1, Math.max(0, place + by))]);
  }

  tag(category) {
    if (!this.key || !this.data.may_write) return;
    this.outbox.extra.at = this.key;
    if (this.data.blind) {
      (this.blindLocal ||= new Map()).set(this.key, category);
      this.outbox.put({ kind: "blind", session: this.data.blind, keys: [this.key], category });
    } else {
      const versions = this.outbox.knows(this.key) ? { [this.key]: this.examples.get(this.key).version } : {};
      const n = this.outbox.put({ kind: "tag", keys: [this.key], category, versions });
      this.examples.put([this.key], { category }, n);
    }
    this.done.push(this.key);
    const name = this.data.categories.find((c) => c.id === category)?.name || "";
    this.say(fill(this.data.words.tagged, { name }));
    this.go(this.next(this.order.indexOf(this.key)) || this.key);
    this.focus();
  }

  judge(difficulty) {
    if (!this.key || this.data.blind || !this.data.may_write) return;
    const now = this.examples.get(this.key).difficulty === difficulty ? null : difficulty;
    this.examples.put([this.key], { difficulty: now }, this.outbox.put({ kind: "judge", keys: [this.key], difficulty: now }));
    this.say(now ? this.data.words[now] : this.data.words.neither);
    this.draw();
    this.focus();
  }

  pass() {
    if (!this.key || this.data.blind || !this.data.may_write) return;
    this.examples.put([this.key], { seen: true }, this.outbox.put({ kind: "seen", keys: [this.key] }));
    this.done.push(this.key);
    this.go(this.next(this.order.indexOf(this.key)) || this.key);
    this.focus();
  }

  undo() {
    if (!this.data.may_write) return;
    this.examples.local.clear();
    this.outbox.put({ kind: "undo" });
    const last = this.done.pop();
    this.say(this.data.words.undone);
    if (last && this.examples.all.has(last)) this.go(last); else this.draw();
    this.focus();
  }

  press(event) {
    const typing = event.composedPath()[0]?.matches?.("input, textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !this.data) return;
    const places = "1234567890";
    const number = places.indexOf(event.key);
    const act = {
      ArrowRight: () => this.step(1), ArrowLeft: () => this.step(-1), u: () => this.undo(), h: () => this.judge("hard"),
      s: () => this.judge("silly"), n: () => this.pass(), z: () => this.toggleZoom(),
    }[event.key];
    if (number >= 0 && number < this.data.categories.length && event.key.length === 1) this.tag(this.data.categories[number].id);
    else if (act) act();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  focus() { this.root.querySelector(".stage")?.focus({ preventScroll: true }); }

  say(text, bad) {
    const line = this.root.querySelector(".said");
    line.textContent = text;
    line.classList.toggle("bad", Boolean(bad));
  }

  toggleZoom() { this.zoom = !this.zoom; this.draw(); this.focus(); }

  draw() {
    const { words } = this.data;
    const held = this.root.activeElement || this.root.getRootNode().activeElement;
    const focused = held?.dataset?.focus;
    const count = this.order.filter((key) => this.reviewed(key)).length;
    const head = this.root.querySelector(".head");
    const total = this.order.length;
    head.replaceChildren(
      el("div", { class: "progress" },
        el("strong", {}, fill(words.progress, { done: this.format(count), total: this.format(total) })),
        el("progress", { max: total || 1, value: count, "aria-label": words.progress_label }),
        el("span", { class: "muted" }, this.data.progress.of),
        this.outbox.waiting.length ? el("span", { class: "muted saving" }, words.saving) : null),
      this.curve());
    const stage = this.root.querySelector(".stage");
    stage.setAttribute("aria-label", words.stage);
    stage.replaceChildren(...(this.key ? this.example() : [el("p", {}, words.empty)]));
    this.root.querySelector(".keys").replaceChildren(...this.buttons());
    if (focused) this.root.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  format(n) { return n.toLocaleString(this.data.locale); }

  curve() {
    const known = this.data.saturation.known;
    const box = el("div", { class: "curve" });
    if (known.length > 1) {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("viewBox", "0 0 120 32");
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", this.data.words.curve);
      const top = Math.max(...known, 1);
      const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
      const points = known.map((y, i) => `${(1 + (118 * i) / (known.length - 1)).toFixed(1)},${(30 - (28 * y) / top).toFixed(1)}`);
      line.setAttribute("points", points.join(" "));
      svg.append(line);
      box.append(svg);
    }
    box.append(el("span", { class: "muted" }, this.data.saturation.text));
    return box;
  }

  example() {
    const { words } = this.data;
    const card = this.cards.get(this.key);
    const place = this.order.indexOf(this.key) + 1;
    const state = this.examples.get(this.key);
    const own = this.data.categories.find((c) => c.id === this.category(this.key));
    const top = el("div", { class: "top" },
      el("span", { class: "muted" }, fill(words.place, { n: this.format(place), total: this.format(this.order.length) })),
      own ? el("span", { class: "tag", style: `--tag:${own.colour}` }, own.name) : null,
      state?.difficulty ? el("span", { class: "tag plain" }, words[state.difficulty]) : null);
    if (!card) return [top, el("div", { class: "waiting", "aria-busy": "true" }, words.loading)];
    const answer = el("div", { class: "answer" },
      el("div", {}, el("span", { class: "muted" }, words.truth), el("b", { class: "truth" }, card.truth)),
      el("div", {}, el("span", { class: "muted" }, words.answer), el("b", { class: "given" }, card.answer)));
    const parts = [top, el("h2", {}, card.title), answer];
    const picture = this.pictures.get(this.key);
    if (picture) parts.push(el("button", { class: "picture" + (this.zoom ? " zoomed" : ""), type: "button", "data-focus": "picture",
      "aria-label": words.zoom, onclick: () => this.toggleZoom() }, el("img", { src: picture, alt: card.image })));
    else if (card.image) parts.push(el("p", { class: "muted" }, fill(words.no_picture, { name: card.image })));
    // Only beside a picture that is there: the page explains no others.
    if (picture && this.data.explain) parts.push(this.way(card));
    if (card.text && card.text !== card.title) parts.push(el("p", { class: "text", dir: "auto" }, ...this.marked(card)));
    const sides = el("div", { class: "sides" });
    if (card.probabilities.length) sides.append(this.bars(card));
    if (card.attributes.length) sides.append(el("dl", { class: "facts" }, ...card.attributes.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
    parts.push(sides);
    if (card.near.length) parts.push(this.near(card));
    return parts;
  }

  way(card) {
    const link = el("a", { class: "way", href: this.data.explain + card.row, "data-focus": "explain" }, this.data.words.explain);
    link.onclick = (event) => visit(event, link);
    return el("p", {}, link);
  }

  // Where truth and answer are texts themselves, what differs between them stands out.
  marked(card) {
    const lower = card.text.toLowerCase();
    const found = [];
    for (const [word, kind] of [[card.truth, "truth"], [card.answer, "given"]]) {
      if (word.length < 3) continue;
      const at = lower.indexOf(word.toLowerCase());
      if (at >= 0) found.push({ at, end: at + word.length, kind });
    }
    found.sort((a, b) => a.at - b.at);
    const parts = [];
    let done = 0;
    for (const piece of found) {
      if (piece.at < done) continue;
      parts.push(card.text.slice(done, piece.at), el("mark", { class: piece.kind }, card.text.slice(piece.at, piece.end)));
      done = piece.end;
    }
    return [...parts, card.text.slice(done)];
  }

  bars(card) {
    const highest = Math.max(1, ...card.probabilities.map(([, value]) => Math.abs(value)));
    return el("ul", { class: "bars", "aria-label": this.data.words.probabilities }, ...card.probabilities.map(([name, value]) =>
      el("li", { class: name === card.truth ? "truth" : name === card.answer ? "given" : "" },
        el("span", { class: "name", title: name }, name),
        el("span", { class: "bar" }, el("i", { style: `width:${((100 * Math.max(0, value)) / highest).toFixed(1)}%` })),
        el("span", { class: "value" }, value.toLocaleString(this.data.locale, { maximumSignificantDigits: 3 })))));
  }

  near(card) {
    const { words } = this.data;
    return el("div", { class: "near" }, el("span", { class: "muted" }, words.near), ...card.near.map(([key, title]) => {
      const own = this.data.categories.find((c) => c.id === this.category(key));
      return el("button", { type: "button", class: "small", "data-focus": `near-${key}`, onclick: () => { this.go(key); this.focus(); } },
        title, own && !this.data.blind ? el("em", {}, ` ${own.name}`) : null);
    }));
  }

  buttons() {
    const { words } = this.data;
    const off = !this.data.may_write || !this.key;
    const own = this.category(this.key);
    const key = (name) => el("kbd", { "aria-hidden": "true" }, name);
    const categories = this.data.categories.map((category, i) =>
      el("button", { type: "button", class: "category", style: `--tag:${category.colour}`, disabled: off, "data-focus": `c-${category.id}`,
        "aria-pressed": String(category.id === own), "aria-keyshortcuts": i < 10 ? String((i + 1) % 10) : null,
        onclick: () => this.tag(category.id) }, i < 10 ? key(String((i + 1) % 10)) : null, category.name));
    const plain = (name, label, act, disabled) =>
      el("button", { type: "button", class: "plain", "data-focus": name, "aria-keyshortcuts": name, disabled, onclick: act }, key({ ArrowLeft: "←", ArrowRight: "→" }[name] || name), label);
    const others = [plain("ArrowLeft", words.back, () => { this.step(-1); this.focus(); }, !this.key), plain("ArrowRight", words.forward, () => { this.step(1); this.focus(); }, !this.key)];
    if (!this.data.blind) others.push(plain("h", words.hard, () => this.judge("hard"), off), plain("s", words.silly, () => this.judge("silly"), off),
      plain("n", words.none, () => this.pass(), off), plain("u", words.undo, () => this.undo(), !this.data.may_write));
    return [el("div", { class: "row", role: "group", "aria-label": words.categories }, ...(categories.length ? categories : [el("span", { class: "muted" }, words.no_categories)])),
      el("div", { class: "row", role: "group", "aria-label": words.acts }, ...others)];
  }
}

export default function (component) {
  const root = component.parentElement.querySelector(".rc-queue");
  root.queue ||= new Queue(root);
  root.queue.show(component);
}
