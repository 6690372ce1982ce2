//! JSON Web Tokens.

use std::time::{SystemTime, UNIX_EPOCH};

use aldis_server::Authenticator;
use aldis_server::auth::{Jwt, JwtKeyError};
use ring::hmac;
use serde_json::{Value, json};

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";
const SPKI: &[u8] = include_bytes!("fixtures/rs256-spki.pem");
const PKCS1: &[u8] = include_bytes!("fixtures/rs256-pkcs1.pem");
const OTHER: &[u8] = include_bytes!("fixtures/rs256-other.pem");
/// `{"sub":"ann","exp":4102444800}`, signed by the key of the first two; it expires in 2100.
const RS256: &str = include_str!("fixtures/rs256.jwt");

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes.as_ref())
}

fn token(algorithm: &str, claims: &Value, secret: &[u8]) -> String {
    let header = json!({ "alg": algorithm, "typ": "JWT" });
    let signed = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let signature = base64url(hmac::sign(&key, signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn hs256(claims: &Value) -> String {
    token("HS256", claims, SECRET)
}

/// Seconds since 1970, this many from now.
fn seconds_from_now(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap() + seconds
}

async fn reason(jwt: &Jwt, token: &str) -> String {
    jwt.authenticate(token).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_good_token_is_accepted_with_its_claims() {
    let jwt = Jwt::hs256(SECRET).unwrap();
    let claims = json!({ "sub": "ann", "exp": seconds_from_now(60), "role": "admin" });
    let user = jwt.authenticate(&hs256(&claims)).await.unwrap();
    assert_eq!(user.id(), Some("ann"));
    assert_eq!(user.claims()["role"], "admin");
}

#[tokio::test]
async fn bad_tokens_are_refused_with_their_reason() {
    let jwt = Jwt::hs256(SECRET).unwrap();
    let soon = seconds_from_now(60);
    let good = json!({ "sub": "ann", "exp": soon });
    let mut forged = hs256(&good);
    forged.replace_range(25..26, if &forged[25..26] == "A" { "B" } else { "A" });
    for (token, expected) in [
        (hs256(&json!({ "sub": "ann", "exp": seconds_from_now(-61) })), "expired"),
        (
            hs256(&json!({ "sub": "ann", "exp": soon, "nbf": seconds_from_now(120) })),
            "not valid yet",
        ),
        (hs256(&json!({ "sub": "ann" })), "lacks"),
        (hs256(&json!({ "exp": soon })), "lacks"),
        (hs256(&json!({ "sub": "ann", "exp": soon, "aud": "another" })), "audience"),
        (token("HS256", &good, b"another secret of the same length!!!!"), "signature"),
        (token("HS512", &good, SECRET), "algorithm"),
        (token("none", &good, SECRET), "not a JWT"),
        (RS256.to_owned(), "algorithm"),
        ("a.b.c".to_owned(), "not a JWT"),
        (String::new(), "not a JWT"),
    ] {
        let reason = reason(&jwt, &token).await;
        assert!(reason.contains(expected), "{reason}, not {expected}");
    }
    assert!(jwt.authenticate(&forged).await.is_err());
}

#[tokio::test]
async fn issuer_and_audience_are_demanded_where_configured() {
    let jwt = Jwt::hs256(SECRET).unwrap().issuer("us").audience("app");
    let exp = seconds_from_now(60);
    let good = json!({ "sub": "ann", "exp": exp, "iss": "us", "aud": ["app", "web"] });
    assert!(jwt.authenticate(&hs256(&good)).await.is_ok());
    for bad in [
        json!({ "sub": "ann", "exp": exp, "iss": "us" }),
        json!({ "sub": "ann", "exp": exp, "aud": "app" }),
        json!({ "sub": "ann", "exp": exp, "iss": "them", "aud": "app" }),
        json!({ "sub": "ann", "exp": exp, "iss": "us", "aud": "other" }),
    ] {
        assert!(jwt.authenticate(&hs256(&bad)).await.is_err(), "{bad}");
    }
}

#[tokio::test]
async fn rsa_keys_come_in_both_forms() {
    for pem in [SPKI, PKCS1] {
        let jwt = Jwt::rs256_pem(pem).unwrap();
        assert_eq!(jwt.authenticate(RS256).await.unwrap().id(), Some("ann"));
        // The public key is no HMAC secret.
        let claims = json!({ "sub": "ann", "exp": seconds_from_now(60) });
        let confused = token("HS256", &claims, pem);
        assert!(reason(&jwt, &confused).await.contains("algorithm"));
    }
    let other = Jwt::rs256_pem(OTHER).unwrap();
    assert!(reason(&other, RS256).await.contains("signature"));
}

#[test]
fn weak_and_broken_keys_are_refused() {
    let error = Jwt::hs256(b"short").unwrap_err();
    assert_eq!(error, JwtKeyError::SecretTooShort { bytes: 5 });
    assert_eq!(Jwt::rs256_pem(b"junk").unwrap_err(), JwtKeyError::InvalidPem);
    let jwt = Jwt::hs256(SECRET).unwrap();
    assert!(!format!("{jwt:?}").contains("thirty"));
}
