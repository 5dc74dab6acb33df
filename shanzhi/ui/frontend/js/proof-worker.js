/* Looks for the nonce of a proof of work (cases/gate/challenges.py): SHA-256 with so many leading zero bits. */

const K = new Int32Array(64);
const START = new Int32Array(8);
const words = new Int32Array(64);
const state = new Int32Array(8);

/** The constants of the standard: the first 32 bits behind the point of square and cube roots of primes. */
function prepare() {
  const prime = (number) => {
    for (let by = 2; by * by <= number; by += 1) if (number % by === 0) return false;
    return true;
  };
  const behind = (root) => ((root - Math.floor(root)) * 4294967296) | 0;
  for (let number = 2, found = 0; found < 64; number += 1) {
    if (!prime(number)) continue;
    if (found < 8) START[found] = behind(Math.sqrt(number));
    K[found] = behind(Math.cbrt(number));
    found += 1;
  }
}

function block(bytes, at) {
  for (let i = 0; i < 16; i += 1) {
    const j = at + i * 4;
    words[i] = (bytes[j] << 24) | (bytes[j + 1] << 16) | (bytes[j + 2] << 8) | bytes[j + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = words[i - 15];
    const y = words[i - 2];
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[i] = (words[i - 16] + low + words[i - 7] + high) | 0;
  }
  let a = state[0] | 0; let b = state[1] | 0; let c = state[2] | 0; let d = state[3] | 0;
  let e = state[4] | 0; let f = state[5] | 0; let g = state[6] | 0; let h = state[7] | 0;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

/** The digest of ASCII text, in `state`. */
function digest(text) {
  const size = ((text.length + 8) >> 6) * 64 + 64;
  const bytes = new Uint8Array(size);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  bytes[text.length] = 128;
  for (let i = 0, bits = text.length * 8; i < 4; i += 1) bytes[size - 1 - i] = bits >>> (i * 8);
  state.set(START);
  for (let at = 0; at < size; at += 64) block(bytes, at);
}

const hex = () => Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");

self.onmessage = (event) => {
  const [challenge, bits] = event.data;
  prepare();
  digest(challenge);
  const head = `${hex().slice(0, 32)}:`;
  for (let nonce = 0; ; nonce += 1) {
    digest(head + nonce);
    if (Math.clz32(state[0]) >= bits) {
      self.postMessage(String(nonce));
      return;
    }
  }
};
