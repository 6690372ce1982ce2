//! In the place of `jvm` where there is no Java virtual machine: nobody has to know of threads, and
//! there is no key store of Java's.

pub(crate) fn attach() {}

pub(crate) fn detach() {}

pub(crate) fn android_anchors(_with_user: bool) -> Result<Vec<Vec<u8>>, String> {
    Err("there is no Java virtual machine to ask for the key store AndroidCAStore".to_owned())
}
