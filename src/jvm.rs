//! Threads of the Java virtual machine, where there is one. The crate `jni` knows it from the time
//! when it loaded the library.
//!
//! A thread that calls Java has to be attached. An attachment for one call makes a Java thread
//! and costs some twenty microseconds, so the threads of the engine are attached while they live,
//! and as daemons: the JVM waits for all others when its main thread has ended.
#![allow(unsafe_code)]

mod trust;

use std::ffi::CString;
use std::ptr;

use jni::JavaVM;
use jni::sys::{JNI_OK, JNI_VERSION_1_6, JavaVMAttachArgs};

pub(crate) use trust::android_anchors;

/// Attaches the calling thread under its own name, if there is a virtual machine.
pub(crate) fn attach() {
    let Ok(vm) = JavaVM::singleton() else { return };
    let name = std::thread::current().name().unwrap_or("aldis").to_owned();
    // Rust gives no thread a name with a zero byte in it.
    let name = CString::new(name).unwrap_or_default();
    let mut arguments = JavaVMAttachArgs {
        version: JNI_VERSION_1_6,
        name: name.as_ptr().cast_mut(),
        group: ptr::null_mut(),
    };
    let mut env = ptr::null_mut();
    let raw = vm.get_raw();
    // SAFETY: the virtual machine is alive, its table is that of JNI 1.4 or newer, and the
    // arguments outlive the call. The crate `jni` itself attaches no daemons.
    let status = unsafe {
        ((**raw).v1_4.AttachCurrentThreadAsDaemon)(raw, &raw mut env, (&raw mut arguments).cast())
    };
    if status != JNI_OK {
        // Calls to the host work all the same: they attach the thread each time.
        tracing::warn!(status, "a thread could not be attached to the JVM");
    }
}

/// Detaches the calling thread before it ends.
pub(crate) fn detach() {
    let Ok(vm) = JavaVM::singleton() else { return };
    let raw = vm.get_raw();
    // SAFETY: as above, and no Java frame is on the stack of a thread that ends. Detaching a
    // thread that is not attached does nothing.
    unsafe { ((**raw).v1_1.DetachCurrentThread)(raw) };
}
