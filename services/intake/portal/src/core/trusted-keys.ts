/** The keys that this page trusts: fetched from the service, believed only by the fingerprint that posters show too. */

import { verifyCheckKeys, verifyKeySet, type KeySet, type PublicKey, type Recipients } from "wbs-contracts";
import type { PublicApi } from "./public-api.ts";

/** `checks`: the keys that an identity is sealed to until it was checked; empty until there are any. */
export class TrustedKeys {
  constructor(
    readonly people: KeySet,
    readonly checks: Recipients,
  ) {}

  /** Whom letters can be sealed to, the reporter's own key among them. */
  recipients(reporter: PublicKey): Recipients {
    return { ...this.people.recipients(), ...this.checks, reporter: [reporter] };
  }
}

/** Gives the keys that hold now: check keys change daily, so they are asked for each time something is sealed. */
export class KeyRing {
  #version = 0;

  constructor(
    private readonly api: PublicApi,
    private readonly fingerprint: string,
  ) {}

  /** Throws a KeySetError when the set isn't the one that the fingerprint vouches for, or older than one seen. */
  async fetch(): Promise<TrustedKeys> {
    const answer = (await this.api.get("/api/v1/keys")) as { people: string; checks: string | null };
    const people = await verifyKeySet(answer.people, this.fingerprint, this.#version);
    this.#version = people.version;
    return new TrustedKeys(people, answer.checks ? await verifyCheckKeys(answer.checks, people) : {});
  }
}
