// A card under a hand: the mouse drags it at once; a finger holds it first, so that swiping still scrolls.
const HOLD = 350; // milliseconds a finger rests on a card before it is lifted
const SLACK = 6; // pixels a hand may tremble
const EDGE = 40; // pixels from the side of the board within which it scrolls
const PULL = 12; // pixels it scrolls in a frame

class Hand {
  constructor(board) {
    this.board = board;
    this.pull = 0;
    const { root } = board;
    root.addEventListener("pointerdown", (event) => this.grab(event));
    // While a card is in hand the page must not scroll under it, nor the system offer its menu.
    root.addEventListener("touchmove", (event) => { if (this.ghost && event.cancelable) event.preventDefault(); }, { passive: false });
    root.addEventListener("contextmenu", (event) => { if (this.ghost || this.timer) event.preventDefault(); });
  }

  grab(event) {
    const card = event.target.closest?.(".card");
    const { board } = this;
    if (!card || event.button !== 0 || !event.isPrimary || !board.data?.may_write || board.held) return;
    const touch = event.pointerType === "touch";
    const start = { x: event.clientX, y: event.clientY };
    const stop = () => {
      clearTimeout(this.timer);
      this.timer = null;
      for (const [name, act] of listening) window.removeEventListener(name, act);
    };
    const move = (e) => {
      if (e.pointerId !== event.pointerId) return;
      if (!this.ghost) {
        if (Math.hypot(e.clientX - start.x, e.clientY - start.y) < SLACK) return;
        if (touch) { stop(); return; } // a swipe
        this.lift(card, e);
      }
      e.preventDefault();
      this.over(e);
    };
    const end = (e) => {
      if (e.pointerId !== event.pointerId) return;
      stop();
      if (this.ghost) this.release(e.type === "pointerup");
    };
    const listening = [["pointermove", move], ["pointerup", end], ["pointercancel", end]];
    for (const [name, act] of listening) window.addEventListener(name, act);
    if (touch) this.timer = setTimeout(() => { this.timer = null; this.lift(card, event); this.over(event); }, HOLD);
  }

  lift(card, event) {
    const { board } = this;
    const key = card.dataset.key;
    board.focused = key; // a focused card stays an element however far its column scrolls: it is what is held
    board.held = { keys: board.carried(key), lane: null, by: "hand" };
    window.getSelection()?.removeAllRanges();
    const n = board.held.keys.length;
    this.ghost = el("div", { class: "ghost" }, n > 1 ? fill(board.data.words.chosen, { n }) : card.querySelector(".title").textContent);
    this.offset = event.pointerType === "touch" ? { x: -40, y: -64 } : { x: 8, y: 8 }; // seen above the finger
    board.root.append(this.ghost);
    for (const column of board.columns.values()) board.fill(column);
    if (event.pointerType === "touch") board.say(fill(board.data.words.in_hand, { n }));
  }

  over(event) {
    this.ghost.style.transform = `translate(${event.clientX + this.offset.x}px, ${event.clientY + this.offset.y}px)`;
    this.at = { x: event.clientX, y: event.clientY };
    this.board.aim(this.laneAt(event.clientX, event.clientY));
    this.edge(event.clientX);
  }

  release(dropped) {
    const { board } = this;
    const { keys, lane } = board.held;
    this.ghost.remove();
    this.ghost = null;
    this.pull = 0;
    board.dragged = dropped; // the click that follows chooses nothing
    setTimeout(() => { board.dragged = false; }, 0);
    board.aim(null);
    board.say("");
    if (dropped && lane !== null) board.move(keys, lane);
    board.settleHand();
  }

  laneAt(x, y) {
    for (const [id, column] of this.board.columns) {
      const box = column.node.getBoundingClientRect();
      if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) return id;
    }
    return null;
  }

  // Near a side the board scrolls for as long as the hand stays there.
  edge(x) {
    const frame = this.board.root.querySelector(".lanes").getBoundingClientRect();
    const before = this.pull;
    this.pull = x > frame.right - EDGE ? PULL : x < frame.left + EDGE ? -PULL : 0;
    if (this.pull && !before) requestAnimationFrame(() => this.scroll());
  }

  scroll() {
    if (!this.pull || !this.ghost) return;
    this.board.root.querySelector(".lanes").scrollBy({ left: this.pull, behavior: "instant" });
    this.board.aim(this.laneAt(this.at.x, this.at.y));
    requestAnimationFrame(() => this.scroll());
  }
}
