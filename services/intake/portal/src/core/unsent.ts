/** A letter that nobody has confirmed yet: who sends the same again sends the same letter, so never two for one. */
export class Unsent {
  #kept: { readonly content: string; readonly letter: string } | undefined;

  /** The letter of this content: sealed now, unless it was before and no answer came. */
  async letter(content: unknown, seal: () => Promise<string>): Promise<string> {
    const compared = JSON.stringify(content);
    if (this.#kept?.content !== compared) this.#kept = { content: compared, letter: await seal() };
    return this.#kept.letter;
  }

  /** The service has it: from now on the same content is meant anew. */
  wasSent(): void {
    this.#kept = undefined;
  }
}
