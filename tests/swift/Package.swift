// swift-tools-version: 5.10

import PackageDescription

let package = Package(
    name: "App",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "App", targets: ["App"])],
    dependencies: [.package(name: "Aldis", path: "../../target/apple/local")],
    targets: [
        .target(name: "App", dependencies: ["Aldis"]),
        .testTarget(name: "AppTests", dependencies: ["App"]),
    ]
)
