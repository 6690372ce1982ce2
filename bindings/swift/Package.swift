// swift-tools-version: 5.10

import PackageDescription

/// Where `scripts/build-swift` puts libaldis for this machine.
let library = "\(Context.packageDirectory)/../../target/library/swift"

/// Our own code is checked as Swift 6, where the compiler can. What UniFFI generates is not made for
/// that, and a package of these tools has one language mode only: hence the flag.
#if compiler(>=6)
    let strict: [SwiftSetting] = [.unsafeFlags(["-swift-version", "6"])]
#else
    let strict: [SwiftSetting] = [.enableExperimentalFeature("StrictConcurrency")]
#endif

let package = Package(
    name: "Aldis",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "Aldis", targets: ["Aldis"])],
    targets: [
        .target(name: "Aldis", dependencies: ["AldisFFI", "CAldis"], swiftSettings: strict),
        .target(
            name: "AldisFFI",
            dependencies: ["CAldis"],
            linkerSettings: [
                .linkedLibrary("aldis"),
                .unsafeFlags(["-L", library, "-Xlinker", "-rpath", "-Xlinker", library]),
            ]
        ),
        .systemLibrary(name: "CAldis"),
        .testTarget(name: "AldisTests", dependencies: ["Aldis"], swiftSettings: strict),
    ]
)
