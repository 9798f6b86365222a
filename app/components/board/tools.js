// What stands above the columns: search, colour, what to do with the chosen cards.
class Tools {
  constructor(board) {
    this.board = board;
    this.search = "";
    this.colour = "";
  }

  make() {
    const { board } = this;
    const { words } = board.data;
    this.field = el("input", { type: "search", placeholder: words.search, "aria-label": words.search, oninput: (e) => { this.search = e.target.value; board.draw(); } });
    this.colours = el("select", { "aria-label": words.colour, onchange: (e) => { this.colour = e.target.value; board.draw(); } });
    this.count = el("span", { class: "muted" });
    this.lanes = el("select", { class: "move", "aria-label": words.move, onchange: (e) => this.moveTo(e.target.value) });
    this.name = el("input", { type: "text", class: "name", maxlength: "80", placeholder: words.new_name, "aria-label": words.new_name,
      onkeydown: (e) => { if (e.key === "Enter") { e.preventDefault(); this.newFromChosen(); } } });
    this.create = el("button", { type: "button", onclick: () => this.newFromChosen() });
    this.clear = el("button", { type: "button", onclick: () => { board.chosen.clear(); board.draw(); } });
    this.undo = el("button", { type: "button", onclick: () => board.undo() });
    this.legend = el("div", { class: "legend" });
    this.label = el("label", { class: "muted" });
    this.picked = el("div", { class: "row picked" }, this.lanes, this.name, this.create, this.clear);
    board.root.querySelector(".tools").replaceChildren(el("div", { class: "row" }, this.field, this.label, this.undo, this.count), this.picked, this.legend);
  }

  draw() {
    const { board } = this;
    const { words, categories, may_write: mayWrite } = board.data;
    if (!this.field) this.make();
    board.root.querySelector(".help").textContent = words.help;
    this.label.replaceChildren(words.colour, this.colours);
    this.colours.replaceChildren(el("option", { value: "" }, words.no_colour), ...Object.entries(board.groups).map(([id, g]) => el("option", { value: id }, g.name)));
    this.colours.value = board.groups[this.colour] ? this.colour : "";
    this.undo.textContent = words.undo;
    this.undo.disabled = !mayWrite;
    const n = board.chosen.size;
    this.count.textContent = n ? fill(words.chosen, { n }) : board.hidden ? fill(words.hidden, { n: board.hidden.toLocaleString(board.data.locale) }) : this.hint();
    this.picked.hidden = !n || !mayWrite;
    this.lanes.replaceChildren(el("option", { value: "?" }, words.move), el("option", { value: NONE }, words.untagged), ...categories.map((c) => el("option", { value: c.id }, c.name)));
    this.create.textContent = words.make;
    this.clear.textContent = words.clear;
    const group = board.groups[this.colour];
    this.legend.replaceChildren(...(group ? group.values.map((value, i) => el("span", {}, el("i", { style: `background:${PALETTE[i % PALETTE.length]}` }), value)) : []));
  }

  hint() {
    const { words, may_write: mayWrite } = this.board.data;
    if (!mayWrite) return "";
    return window.matchMedia("(pointer: coarse)").matches ? words.hint_touch : words.hint;
  }

  moveTo(id) {
    if (id !== "?") this.board.move([...this.board.chosen], id);
    this.lanes.value = "?";
  }

  newFromChosen() {
    const name = this.name.value.trim();
    if (!name || !this.board.chosen.size) { this.name.focus(); return; }
    this.board.outbox.put({ kind: "new", name, keys: [...this.board.chosen] });
    this.name.value = "";
    this.board.chosen.clear();
    this.board.draw();
  }
}
