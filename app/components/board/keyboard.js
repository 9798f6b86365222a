// The keyboard: arrows walk, Space lifts and drops, arrows carry, Escape puts back, x chooses, o opens in the queue.
class Keyboard {
  constructor(board) {
    this.board = board;
    board.root.querySelector(".lanes").addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    const card = event.target.closest?.(".card");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = card.dataset.key;
    const act = this.board.held?.by === "keys" ? this.carrying()[event.key] : this.walking(card, key)[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  carrying() {
    return { ArrowRight: () => this.carry(1), ArrowLeft: () => this.carry(-1), " ": () => this.drop(), Enter: () => this.drop(), Escape: () => this.putBack() };
  }

  walking(card, key) {
    const choose = () => { card.click(); this.board.focus(key); };
    return {
      ArrowRight: () => this.walk(key, 1, 0), ArrowLeft: () => this.walk(key, -1, 0), ArrowDown: () => this.walk(key, 0, 1), ArrowUp: () => this.walk(key, 0, -1),
      Home: () => this.walk(key, 0, -1e9), End: () => this.walk(key, 0, 1e9), " ": () => this.lift(key), Enter: choose, x: choose,
      u: () => this.board.undo(), o: () => card.nextSibling?.click(),
    };
  }

  walk(key, across, down) {
    const { board } = this;
    const ids = [...board.lanes.keys()];
    const lane = board.laneOf(key);
    let keys = board.lanes.get(lane);
    let place = keys.indexOf(key);
    if (across) {
      let next = ids.indexOf(lane) + across;
      while (ids[next] !== undefined && !board.lanes.get(ids[next]).length) next += across;
      if (ids[next] === undefined) return;
      keys = board.lanes.get(ids[next]);
    } else place += down;
    board.focus(keys[Math.min(keys.length - 1, Math.max(0, place))]);
  }

  lift(key) {
    const { board } = this;
    if (!board.data.may_write) return;
    board.held = { keys: board.carried(key), lane: board.laneOf(key), by: "keys", from: key };
    board.aim(board.held.lane);
    for (const column of board.columns.values()) board.fill(column);
    board.say(fill(board.data.words.lifted, { n: board.held.keys.length, name: board.name(board.held.lane) }));
  }

  carry(by) {
    const { board } = this;
    const ids = [...board.lanes.keys()];
    const next = ids[Math.min(ids.length - 1, Math.max(0, ids.indexOf(board.held.lane) + by))];
    board.aim(next);
    board.columns.get(next).node.scrollIntoView({ block: "nearest", inline: "nearest" });
    board.say(fill(board.data.words.over, { name: board.name(next) }));
  }

  drop() {
    const { keys, lane, from } = this.board.held;
    this.board.aim(null);
    this.board.move(keys, lane);
    this.board.settleHand();
    this.board.focus(from);
  }

  putBack() {
    const { from } = this.board.held;
    this.board.aim(null);
    this.board.say(this.board.data.words.put_back);
    this.board.settleHand();
    this.board.focus(from);
  }
}
