//! `aldis vectors`: known answers for those who implement the protocol in another language.

use std::error::Error;
use std::fmt::Write;
use std::process::ExitCode;

use aldis_protocol::cipher::{EncryptedFrame, SessionCipher};
use aldis_protocol::handshake::{INFO_NX_SIGNAL, KeyPair, PublicKey, Salt};
use aldis_protocol::limits::TAG_BYTES;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Outcome;
use crate::console::Console;

const HELP: &str = "\
One session from the two secret keys to whole frames, with every value on the way. The secrets are
fixed, so that the output is the same every time. Binary values are given in hexadecimal, and in
base64 too where the wire has them so.

A conversation recorded with a real IGNIS server is in tests/vectors/handshake.json of the source.

Example:
  aldis vectors | jq -r .session.key.hex";

/// Print test vectors of handshake and frames as JSON.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {}

/// What each side says, in its order.
const CLIENT_SAYS: [&str; 3] = [
    r#"{"event":"echo","data":{"text":"xin chào 👋","n":1}}"#,
    r#"{"event":"ask","data":null,"id":"7"}"#,
    r#"{"event":"e"}"#,
];
const SERVER_SAYS: [&str; 2] = [
    r#"{"event":"echo","data":{"text":"xin chào 👋","n":1}}"#,
    r#"{"event":"ask","data":[1,2.50,"\ud83d\udc4b"],"id":"7"}"#,
];

/// Prints them.
pub(crate) fn run(_: &Args) -> Outcome {
    let text = serde_json::to_string_pretty(&vectors()?)?;
    Console::new().line(text)?;
    Ok(ExitCode::SUCCESS)
}

/// Bytes that look random and are always the same.
fn fixed(label: &str) -> [u8; 32] {
    Sha256::digest(format!("aldis vectors: {label}")).into()
}

fn vectors() -> Result<Value, Box<dyn Error + Send + Sync>> {
    let (client_secret, server_secret) = (fixed("client secret"), fixed("server secret"));
    let client = KeyPair::from_secret_bytes(&client_secret)?;
    let server = KeyPair::from_secret_bytes(&server_secret)?;
    let salt: Salt = fixed("salt");
    let info = INFO_NX_SIGNAL;
    let key = client.agree(server.public_key(), &salt, info);
    let mut client_cipher = SessionCipher::new(&key, *b"\x01client\x02", 0);
    let mut server_cipher = SessionCipher::new(&key, *b"\x03server\x04", 0);
    let authenticate = format!(
        r#"{{"event":"authenticate","data":{{"type":"Bearer","token":"a-token","clientPublicKey":"{}"}}}}"#,
        client.public_key().to_base64(),
    );
    let connected = format!(
        r#"{{"event":"connected","data":{{"id":"47107eea-988c-4eba-a142-7c793f1e3c0a","userId":"ann","time":"2026-01-01T00:00:00.000Z","serverPublicKey":"{}","salt":"{}"}}}}"#,
        server.public_key().to_base64(),
        BASE64.encode(salt),
    );
    Ok(json!({
        "protocol": 1,
        "handshake": {
            "client": key_pair(&client_secret, &client),
            "server": key_pair(&server_secret, &server),
            "authenticate": authenticate,
            "connected": connected,
        },
        "session": {
            "sharedSecretX": { "hex": hex(&shared_x(&client_secret, server.public_key())?) },
            "salt": binary(&salt),
            "info": { "text": info, "hex": hex(info.as_bytes()) },
            "key": { "hex": hex(key.expose_bytes()) },
        },
        "clientToServer": frames(&mut client_cipher, &CLIENT_SAYS)?,
        "serverToClient": frames(&mut server_cipher, &SERVER_SAYS)?,
    }))
}

fn key_pair(secret: &[u8; 32], pair: &KeyPair) -> Value {
    json!({
        "privateKey": { "hex": hex(secret) },
        "publicKey": binary(&pair.public_key().to_bytes()),
    })
}

/// The x coordinate of the shared point: what HKDF is fed with.
fn shared_x(secret: &[u8; 32], peer: &PublicKey) -> Result<Vec<u8>, p256::elliptic_curve::Error> {
    let secret = p256::SecretKey::from_slice(secret)?;
    let peer = p256::PublicKey::from_sec1_bytes(&peer.to_bytes())?;
    Ok(secret.diffie_hellman(&peer).raw_secret_bytes().to_vec())
}

fn frames(
    cipher: &mut SessionCipher,
    plaintexts: &[&str],
) -> Result<Vec<Value>, Box<dyn Error + Send + Sync>> {
    let frame = |plaintext: &&str| {
        let text = cipher.seal_in_place(plaintext.as_bytes().to_vec())?;
        let frame = EncryptedFrame::parse(&text).ok_or("the frame cannot be read back")?;
        let (iv, sealed) = (BASE64.decode(&*frame.iv)?, BASE64.decode(&*frame.ct)?);
        let (ciphertext, tag) = sealed.split_at(sealed.len() - TAG_BYTES);
        Ok(json!({
            "plaintext": { "text": plaintext, "hex": hex(plaintext.as_bytes()) },
            "iv": binary(&iv),
            "ciphertext": { "hex": hex(ciphertext) },
            "tag": { "hex": hex(tag) },
            "ct": binary(&sealed),
            "frame": text,
        }))
    };
    plaintexts.iter().map(frame).collect()
}

fn binary(bytes: &[u8]) -> Value {
    json!({ "hex": hex(bytes), "base64": BASE64.encode(bytes) })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into memory cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
