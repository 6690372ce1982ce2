//! The host's end of the lane: the class `dev.aldis.internal.Lane`, and what is called there.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::sync::OnceLock;

use jni::objects::{JClass, JStaticMethodID};
use jni::refs::Global;
use jni::signature::{Primitive, ReturnType};
use jni::sys::{JNI_VERSION_1_6, jint, jvalue};
use jni::{Env, JavaVM, jni_sig, jni_str};

use crate::lane::Batch;
use crate::listener::Demand;

/// What `Lane.deliver` answers.
const PAUSE: jint = 1;

/// The host's end, where the JVM has loaded the library and has the class.
static RECEIVER: OnceLock<Receiver> = OnceLock::new();

struct Receiver {
    class: Global<JClass<'static>>,
    deliver: JStaticMethodID,
    reply: JStaticMethodID,
}

/// Whether there is somebody at the lane's other end.
pub(crate) fn is_there() -> bool {
    RECEIVER.get().is_some()
}

/// A lane that is open has one.
fn receiver() -> jni::errors::Result<&'static Receiver> {
    RECEIVER.get().ok_or(jni::errors::Error::UninitializedJavaVM)
}

/// Hands a batch to the host, on the dispatcher.
pub(crate) fn deliver(lane: i64, batch: &Batch) -> jni::errors::Result<Demand> {
    let receiver = receiver()?;
    JavaVM::singleton()?.attach_current_thread(|env| {
        let bytes = env.byte_array_from_slice(batch.as_bytes())?;
        let arguments = [jvalue { j: lane }, jvalue { l: bytes.as_raw() }];
        // SAFETY: the method is the class's own, of the signature that it was looked up by.
        let answer = unsafe {
            env.call_static_method_unchecked(
                &receiver.class,
                receiver.deliver,
                ReturnType::Primitive(Primitive::Int),
                &arguments,
            )
        }?;
        Ok(if answer.i()? == PAUSE { Demand::Pause } else { Demand::More })
    })
}

/// Hands the host the reply to a request, as a batch of one, or nothing where it failed: then
/// [`Requests::take_failure`](super::Requests::take_failure) tells why. On the dispatcher.
pub(super) fn reply(lane: i64, ticket: i64, reply: Option<&Batch>) -> jni::errors::Result<()> {
    let receiver = receiver()?;
    JavaVM::singleton()?.attach_current_thread(|env| {
        let bytes = reply.map(|batch| env.byte_array_from_slice(batch.as_bytes())).transpose()?;
        let raw = bytes.as_ref().map_or(std::ptr::null_mut(), |bytes| bytes.as_raw());
        let arguments = [jvalue { j: lane }, jvalue { j: ticket }, jvalue { l: raw }];
        // SAFETY: as above; null is a reference too.
        unsafe {
            env.call_static_method_unchecked(
                &receiver.class,
                receiver.reply,
                ReturnType::Primitive(Primitive::Void),
                &arguments,
            )
        }?;
        Ok(())
    })
}

/// Called by the JVM when it loads the library by `System.load` or `System.loadLibrary`.
#[unsafe(no_mangle)]
pub(crate) extern "system" fn JNI_OnLoad(
    vm: *mut jni::sys::JavaVM,
    _reserved: *mut c_void,
) -> jint {
    if !vm.is_null() {
        // SAFETY: the JVM passes itself, and outlives the library.
        let vm = unsafe { JavaVM::from_raw(vm) };
        // A host without the class has no lane, and everything else.
        let bound = vm.attach_current_thread(bind);
        if let Err(error) = bound {
            tracing::debug!(%error, "no lane: the JVM does not have its class");
        }
    }
    JNI_VERSION_1_6
}

/// Finds the host's end. Only here, while it loads the library, does the JVM look in the class
/// loader of the library's own classes.
fn bind(env: &mut Env<'_>) -> jni::errors::Result<()> {
    let class = env.find_class(jni_str!("dev/aldis/internal/Lane"))?;
    let deliver = env.get_static_method_id(&class, jni_str!("deliver"), jni_sig!("(J[B)I"))?;
    let reply = env.get_static_method_id(&class, jni_str!("reply"), jni_sig!("(JJ[B)V"))?;
    let class = env.new_global_ref(class)?;
    // A second load finds the same.
    let _ = RECEIVER.set(Receiver { class, deliver, reply });
    Ok(())
}
