// A PBX for a minute: signed signals as docs/pbx-http.md tells them, and the command that sends them.
const PATH = "/pbx/events";
const NUMBER = "+79160001122";

export interface Key {
  key_id: string;
  secret: string;
}

export const canSign = () => "subtle" in crypto;

export async function tell(key: Key, signals: object[]): Promise<void> {
  const at = String(Math.floor(Date.now() / 1000));
  const body = JSON.stringify({ id: crypto.randomUUID(), signals });
  const bytes = new TextEncoder();
  const secret = await crypto.subtle.importKey(
    "raw",
    bytes.encode(key.secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mark = new Uint8Array(await crypto.subtle.sign("HMAC", secret, bytes.encode(`${at}.${body}`)));
  const answer = await fetch(PATH, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Trubka-Key": key.key_id,
      "X-Trubka-Time": at,
      "X-Trubka-Signature": [...mark].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    },
    body,
  });
  if (!answer.ok) throw new Error(`${PATH}: ${String(answer.status)}`);
}

export const signal = (name: "ringing" | "answered" | "hung_up", call: string, agent: string) => ({
  signal: name,
  call,
  at: Math.floor(Date.now() / 1000),
  ...(name === "ringing" ? { number: NUMBER } : {}),
  ...(name === "hung_up" ? {} : { agent }),
});

export const command = (key: { key_id: string; secret?: string }, agent: string) => `KEY=${key.key_id}
SECRET=${key.secret ?? "…"}
CALL=test-$(date +%s)
tell() {
  at=$(date +%s)
  body="{\\"id\\": \\"$CALL-$1\\", \\"signals\\": [{\\"signal\\": \\"$1\\", \\"call\\": \\"$CALL\\", \\"at\\": $at$2}]}"
  mark=$(printf '%s.%s' "$at" "$body" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/.* //')
  curl -sS ${location.origin}${PATH} -H "X-Trubka-Key: $KEY" -H "X-Trubka-Time: $at" \\
    -H "X-Trubka-Signature: $mark" -d "$body"
}
tell ringing ', "number": "${NUMBER}", "agent": "${agent}"'
sleep 15
tell hung_up`;
