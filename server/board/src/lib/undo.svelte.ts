/** The latest things done on this board, each with the command that takes it back. */
import { explain } from './api';
import { toast } from './toast.svelte';

export interface Undoable {
  /** What was done, as the toast says it. */
  done: string;
  /** Takes it back, by an ordinary command that is logged like any other. */
  back: () => Promise<unknown>;
}

/** Rises with everything that was taken back: what isn't live asks again. */
export const undone = $state({ count: 0 });

const KEPT = 20;
let stack: Undoable[] = [];

/** Says what was done and offers to take it back. */
export function didUndoable(what: Undoable): void {
  stack = [...stack.slice(-(KEPT - 1)), what];
  toast.show(what.done, { label: 'Undo', run: () => void undoLatest(what) });
}

/** Takes back the latest, or this one if it still is one of them. */
export async function undoLatest(what: Undoable | undefined = stack.at(-1)): Promise<void> {
  if (!what || !stack.includes(what)) {
    toast.show('There is nothing to undo.');
    return;
  }
  stack = stack.filter((other) => other !== what);
  try {
    await what.back();
    undone.count += 1;
    toast.show(`Undone: ${what.done}`);
  } catch (error) {
    toast.show(`Not undone. ${explain(error)}`, undefined, 'bad');
  }
}

export function forgetUndo(): void {
  stack = [];
}
