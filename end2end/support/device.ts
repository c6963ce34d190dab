//! A device of a citizen: a browser with cookies of its own, and an authenticator that makes and uses passkeys.

import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Page } from "@playwright/test";
import { portal } from "./holders";
import { watch, type Watch } from "./watch";

/** How a passkey is carried. */
export type Transport = "internal" | "usb";

/** A virtual authenticator. Its person is present and verified whenever it is asked, unless it is asleep. */
export class Authenticator {
  constructor(
    private readonly cdp: CDPSession,
    private readonly authenticatorId: string,
  ) {}

  /** Whether it answers. */
  async answers(automatic: boolean): Promise<void> {
    const { cdp, authenticatorId } = this;
    await cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: automatic });
  }

  /** How many passkeys it holds. */
  async count(): Promise<number> {
    const { credentials } = await this.cdp.send("WebAuthn.getCredentials", { authenticatorId: this.authenticatorId });
    return credentials.length;
  }

  /** Loses its passkeys. */
  async clear(): Promise<void> {
    await this.cdp.send("WebAuthn.clearCredentials", { authenticatorId: this.authenticatorId });
  }

  /** Carries its passkeys to another device, as a security key is carried in a pocket. */
  async copyTo(other: Authenticator): Promise<void> {
    const { credentials } = await this.cdp.send("WebAuthn.getCredentials", { authenticatorId: this.authenticatorId });
    for (const credential of credentials) {
      await other.cdp.send("WebAuthn.addCredential", { authenticatorId: other.authenticatorId, credential });
    }
  }
}

/** A browser and its authenticator. */
export class Device {
  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    readonly authenticator: Authenticator,
    private readonly cdp: CDPSession,
    private readonly watch: Watch,
  ) {}

  /** A new device. */
  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<Device> {
    const context = await browser.newContext({ baseURL: portal(), ...options });
    const seen = watch(context);
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send("WebAuthn.enable", { enableUI: false });
    const authenticator = await plugIn(cdp, "internal");
    return new Device(page, context, authenticator, cdp, seen);
  }

  /** Plugs one more authenticator in. */
  plugIn(transport: Transport): Promise<Authenticator> {
    return plugIn(this.cdp, transport);
  }

  /** Messages of the browser like this one belong to the journey. */
  expects(message: RegExp): void {
    this.watch.expected.push(message);
  }

  /** Switches it off. What the browser complained about, save what was expected. */
  async close(): Promise<string[]> {
    await this.context.close();
    return this.watch.problems();
  }
}

async function plugIn(cdp: CDPSession, transport: Transport): Promise<Authenticator> {
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return new Authenticator(cdp, authenticatorId);
}
