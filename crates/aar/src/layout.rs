//! Where things lie in the archive, and what the files that never differ say.

use crate::abi::Abi;

pub(crate) const MANIFEST: &str = "AndroidManifest.xml";
pub(crate) const CLASSES: &str = "classes.jar";
pub(crate) const RULES: &str = "proguard.txt";
/// The list of resources. It has to be there, and Aldis has none.
pub(crate) const RESOURCES: &str = "R.txt";
pub(crate) const METADATA: &str = "META-INF/com/android/build/gradle/aar-metadata.properties";
/// The library's file in the folder of each ABI, which is its soname too.
pub(crate) const LIBRARY: &str = "libaldis.so";

/// What the Android Gradle plugin has to know before it takes the archive, a field a line: nothing
/// in it asks for a newer SDK or plugin than the first.
pub(crate) const METADATA_FIELDS: &str = "\
aarFormatVersion=1.0
aarMetadataVersion=1.0
minCompileSdk=1
minCompileSdkExtension=0
minAndroidGradlePluginVersion=1.0.0
coreLibraryDesugaringEnabled=false
";

/// Where the library of an ABI lies.
pub(crate) fn library(abi: Abi) -> String {
    format!("jni/{abi}/{LIBRARY}")
}

/// Whether a file has this extension. Names in an archive tell small letters from large ones.
pub(crate) fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found == extension)
}
