/** Something that the server is asked for: whether it is under way, and why it didn't happen. Every form has one. */
import { explain } from './api';
import { toast } from './toast.svelte';

export class Attempt {
  busy = $state(false);
  /** Why it didn't happen, for whoever asked. */
  problem = $state('');

  /** Does it; says whether it happened. What was typed is nobody's business here: after a refusal it is still there. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    this.problem = '';
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = explain(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** A form's `onsubmit`. */
  submit(work: () => Promise<unknown>): (event: SubmitEvent) => void {
    return (event) => {
      event.preventDefault();
      void this.run(work);
    };
  }
}

/** Does what has no form to show a refusal in: the toast tells it. Says whether it happened. */
export async function orTell(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    toast.show(explain(error), undefined, 'bad');
    return false;
  }
}
