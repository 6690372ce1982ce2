// swift-tools-version: 6.0

import PackageDescription

let aldis = Target.Dependency.product(name: "Aldis", package: "Aldis")

// Where there is no SwiftUI, the model is a library by itself, for its tests.
#if canImport(Darwin)
    let app = Target.executableTarget(name: "LampChat", dependencies: [aldis], path: "Sources")
#else
    let app = Target.target(
        name: "LampChat",
        dependencies: [aldis],
        path: "Sources",
        exclude: ["Screen"]
    )
#endif

let package = Package(
    name: "swift-ui",
    platforms: [.iOS(.v17), .macOS(.v14)],
    dependencies: [.package(name: "Aldis", path: "../../bindings/swift")],
    targets: [
        app,
        .testTarget(name: "LampChatTests", dependencies: ["LampChat"], path: "Tests"),
    ]
)
