// swift-tools-version: 5.10

// As apps get it. scripts/build-xcframework, which makes it, puts in where the library is.

import PackageDescription

let package = Package(
    name: "Aldis",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "Aldis", targets: ["Aldis"])],
    targets: [
        .target(
            name: "Aldis",
            dependencies: ["AldisFFI", "CAldis"],
            resources: [.copy("PrivacyInfo.xcprivacy")]
        ),
        .target(
            name: "AldisFFI",
            dependencies: ["CAldis"],
            linkerSettings: [
                .linkedFramework("CoreFoundation"),
                .linkedFramework("Security"),
            ]
        ),
        .binaryTarget(
            name: "CAldis",
            @LIBRARY@
        ),
    ]
)
