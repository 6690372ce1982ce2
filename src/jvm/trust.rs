//! Android's trust store, which only Java can read: the key store `AndroidCAStore`.
//!
//! It is the one that the system keeps up to date, also between releases of Android, and where the
//! certificates are that the user has added or switched off. The directory that OpenSSL would look
//! into is neither. The aliases tell whose a certificate is: `system:…` or `user:…`, as Android's
//! own `TrustedCertificateStore` writes them.
//!
//! Works in every Java virtual machine that has such a key store.

use jni::objects::{JByteArray, JObject, JString};
use jni::{Env, JValue, JavaVM, jni_sig, jni_str};

const KEY_STORE: &str = "AndroidCAStore";
const SYSTEM: &str = "system:";
const USER: &str = "user:";

/// References to Java objects that one certificate takes at most.
const REFERENCES: usize = 8;

/// The system's certificates in DER, and the user's too where they are asked for.
pub(crate) fn android_anchors(with_user: bool) -> Result<Vec<Vec<u8>>, String> {
    let unreadable =
        |error: jni::errors::Error| format!("the key store {KEY_STORE} cannot be read: {error}");
    let vm = JavaVM::singleton().map_err(unreadable)?;
    let read = vm.attach_current_thread(|env| {
        let read = read(env, with_user);
        // What Java has thrown ends here, and says why.
        env.exception_catch()?;
        read
    });
    read.map_err(unreadable)
}

fn read(env: &mut Env<'_>, with_user: bool) -> jni::errors::Result<Vec<Vec<u8>>> {
    let store = load(env)?;
    let aliases = env
        .call_method(&store, jni_str!("aliases"), jni_sig!("()Ljava/util/Enumeration;"), &[])?
        .l()?;
    let mut anchors = Vec::new();
    while env.call_method(&aliases, jni_str!("hasMoreElements"), jni_sig!("()Z"), &[])?.z()? {
        let anchor =
            env.with_local_frame(REFERENCES, |env| read_next(env, &store, &aliases, with_user))?;
        anchors.extend(anchor);
    }
    Ok(anchors)
}

fn load<'local>(env: &mut Env<'local>) -> jni::errors::Result<JObject<'local>> {
    let name = env.new_string(KEY_STORE)?;
    let store = env
        .call_static_method(
            jni_str!("java/security/KeyStore"),
            jni_str!("getInstance"),
            jni_sig!("(Ljava/lang/String;)Ljava/security/KeyStore;"),
            &[JValue::Object(&name)],
        )?
        .l()?;
    // It comes out of the system and needs neither a stream nor a password.
    let nothing = JObject::null();
    env.call_method(
        &store,
        jni_str!("load"),
        jni_sig!("(Ljava/io/InputStream;[C)V"),
        &[JValue::Object(&nothing), JValue::Object(&nothing)],
    )?;
    Ok(store)
}

/// The next certificate, unless it is not wanted, or is gone by now.
fn read_next(
    env: &mut Env<'_>,
    store: &JObject<'_>,
    aliases: &JObject<'_>,
    with_user: bool,
) -> jni::errors::Result<Option<Vec<u8>>> {
    let alias = env
        .call_method(aliases, jni_str!("nextElement"), jni_sig!("()Ljava/lang/Object;"), &[])?
        .l()?;
    let alias = env.cast_local::<JString<'_>>(alias)?;
    let name = alias.try_to_string(env)?;
    if !(name.starts_with(SYSTEM) || with_user && name.starts_with(USER)) {
        return Ok(None);
    }
    let certificate = env
        .call_method(
            store,
            jni_str!("getCertificate"),
            jni_sig!("(Ljava/lang/String;)Ljava/security/cert/Certificate;"),
            &[JValue::Object(&alias)],
        )?
        .l()?;
    if certificate.is_null() {
        return Ok(None);
    }
    let encoded =
        env.call_method(&certificate, jni_str!("getEncoded"), jni_sig!("()[B"), &[])?.l()?;
    let encoded = env.cast_local::<JByteArray<'_>>(encoded)?;
    env.convert_byte_array(&encoded).map(Some)
}
