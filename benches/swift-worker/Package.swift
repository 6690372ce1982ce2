// swift-tools-version: 5.10

import PackageDescription

let package = Package(
    name: "swift-worker",
    platforms: [.macOS(.v13)],
    dependencies: [.package(name: "Aldis", path: "../../bindings/swift")],
    targets: [
        .executableTarget(
            name: "BenchWorker",
            dependencies: ["Aldis"],
            swiftSettings: [.enableExperimentalFeature("StrictConcurrency")]
        )
    ]
)
