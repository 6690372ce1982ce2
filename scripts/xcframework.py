#!/usr/bin/env python3
"""Lays out, reads and packs an XCFramework of static libraries, without Xcode.

usage: scripts/xcframework.py layout OUT.xcframework HEADERS IDENTIFIER=LIBRARY…
       scripts/xcframework.py read FOLDER.xcframework
       scripts/xcframework.py pack FOLDER.xcframework OUT.zip
       scripts/xcframework.py privacy PrivacyInfo.xcprivacy

  layout   what `xcodebuild -create-xcframework` would make of the libraries and the headers
  read     fails where the folder and its Info.plist do not say the same; prints a line for each
           library: IDENTIFIER, architectures with commas between, library, headers
  pack     the same files give the same bytes
  privacy  reads the names of symbols on standard input; fails where they need a reason of Apple's that
           the manifest does not give, or the manifest gives one that none of them needs

scripts/build-xcframework and scripts/check-xcframework use it. Needs Python 3.9, as Xcode has it.
"""

import plistlib
import shutil
import sys
import zipfile
from pathlib import Path

# What Apple asks a reason for, as an app's binary shows it: functions of C, and the constants and
# classes of Foundation and UIKit. From "Describing use of required reason API".
REQUIRED_REASON = {
    "FileTimestamp": """
        _fgetattrlist _fstat _fstatat _getattrlist _getattrlistat _getattrlistbulk _lstat _stat
        _NSFileCreationDate _NSFileModificationDate _NSURLContentModificationDateKey
        _NSURLCreationDateKey
    """,
    "SystemBootTime": "_mach_absolute_time",
    "DiskSpace": """
        _fstatfs _fstatvfs _statfs _statvfs _NSFileSystemFreeSize _NSFileSystemSize
        _NSURLVolumeAvailableCapacityForImportantUsageKey
        _NSURLVolumeAvailableCapacityForOpportunisticUsageKey _NSURLVolumeAvailableCapacityKey
        _NSURLVolumeTotalCapacityKey
    """,
    "UserDefaults": "_OBJC_CLASS_$_NSUserDefaults",
}
KEYS = {
    "NSPrivacyTracking",
    "NSPrivacyTrackingDomains",
    "NSPrivacyCollectedDataTypes",
    "NSPrivacyAccessedAPITypes",
}


class Unfit(Exception):
    """What is read is not fit to be shipped."""


def demand(holds, what):
    if not holds:
        raise Unfit(what)


def description(identifier, library):
    """What Info.plist has to say of `ios-arm64_x86_64-simulator` and the like."""
    platform, architectures, *variant = identifier.split("-")
    entry = {
        "BinaryPath": library,
        "HeadersPath": "Headers",
        "LibraryIdentifier": identifier,
        "LibraryPath": library,
        # x86_64 has the only underscore of its own.
        "SupportedArchitectures": architectures.replace("x86_64", "x86-64").split("_"),
        "SupportedPlatform": platform,
    }
    entry["SupportedArchitectures"] = [
        name.replace("x86-64", "x86_64") for name in entry["SupportedArchitectures"]
    ]
    if variant:
        [entry["SupportedPlatformVariant"]] = variant
    return entry


def layout(out, headers, *slices):
    out = Path(out)
    shutil.rmtree(out, ignore_errors=True)
    entries = []
    for identifier, library in sorted(one.split("=", 1) for one in slices):
        library = Path(library)
        shutil.copytree(headers, out / identifier / "Headers")
        shutil.copyfile(library, out / identifier / library.name)
        entries.append(description(identifier, library.name))
    info = {
        "AvailableLibraries": entries,
        "CFBundlePackageType": "XFWK",
        "XCFrameworkFormatVersion": "1.0",
    }
    (out / "Info.plist").write_bytes(plistlib.dumps(info))


def read(folder):
    folder = Path(folder)
    info = plistlib.loads((folder / "Info.plist").read_bytes())
    demand(info.get("CFBundlePackageType") == "XFWK", "Info.plist is not that of an XCFramework")
    demand(info.get("XCFrameworkFormatVersion") == "1.0", "Info.plist is of another format")
    entries = info.get("AvailableLibraries", [])
    demand(entries, "no library is listed")
    known = {"Info.plist"}
    for entry in entries:
        identifier, library = entry["LibraryIdentifier"], entry["LibraryPath"]
        # xcodebuild sorts the architectures as it likes, and older ones write no BinaryPath.
        said = {"BinaryPath": library, **entry}
        said["SupportedArchitectures"] = sorted(said["SupportedArchitectures"])
        expected = description(identifier, library)
        demand(said == expected, f"{identifier}: {said} is said, {expected} is expected")
        demand(library.startswith("lib"), f"{library}: SwiftPM wants the name to begin with lib")
        headers = folder / identifier / "Headers"
        # Xcode copies the headers of all XCFrameworks into one folder: a map at the top would meet
        # that of another. Newer SDKs look for one in a folder with the name of the module only.
        maps = [path.relative_to(headers) for path in headers.rglob("*.modulemap")]
        demand(
            maps == [Path(folder.stem, "module.modulemap")],
            f"{identifier}: the module map is to be {folder.stem}/module.modulemap, not {maps}",
        )
        known |= {f"{identifier}/{library}"}
        known |= {str(path.relative_to(folder)) for path in headers.rglob("*") if path.is_file()}
        architectures = ",".join(said["SupportedArchitectures"])
        print(identifier, architectures, folder / identifier / library, headers)
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
    demand(files == known, f"lacking or too much: {sorted(files ^ known)}")


def pack(folder, out):
    folder = Path(folder)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_dir():
                continue
            entry = zipfile.ZipInfo(str(path.relative_to(folder.parent)), (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, path.read_bytes())


def privacy(manifest):
    content = plistlib.loads(Path(manifest).read_bytes())
    demand(set(content) == KEYS, f"its keys are to be {sorted(KEYS)}, not {sorted(content)}")
    given = {entry["NSPrivacyAccessedAPIType"] for entry in content["NSPrivacyAccessedAPITypes"]}
    for entry in content["NSPrivacyAccessedAPITypes"]:
        demand(entry["NSPrivacyAccessedAPITypeReasons"], f"{entry} gives no reason")
    # 64-bit Intel has the same functions by longer names.
    symbols = {name.removesuffix("$INODE64") for name in sys.stdin.read().split()}
    needed = {}
    for category, names in REQUIRED_REASON.items():
        if used := symbols & set(names.split()):
            needed[f"NSPrivacyAccessedAPICategory{category}"] = used
    demand(given >= set(needed), f"it gives no reason for {needed}, of which {given} is there")
    demand(given <= set(needed), f"{given - set(needed)} is given and not needed")
    for category, used in needed.items():
        print(category, *sorted(used))


def main():
    commands = {"layout": layout, "read": read, "pack": pack, "privacy": privacy}
    command, *arguments = sys.argv[1:] or ["--help"]
    if command not in commands:
        print(__doc__.strip())
        return 0 if command in ("-h", "--help") else 2
    try:
        commands[command](*arguments)
    except Unfit as unfit:
        print(f"{arguments[0]}: {unfit}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
