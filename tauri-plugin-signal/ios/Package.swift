// swift-tools-version:5.5

import PackageDescription

let package = Package(
    name: "tauri-plugin-signal",
    platforms: [.iOS(.v14)],
    products: [
        .library(name: "tauri-plugin-signal", type: .static, targets: ["tauri-plugin-signal"])
    ],
    dependencies: [.package(name: "Tauri", path: "../.tauri/tauri-api")],
    targets: [
        .target(
            name: "tauri-plugin-signal",
            dependencies: [.byName(name: "Tauri")],
            path: "Sources"
        )
    ]
)
