// For Android Studio: the whole app as one Gradle project, from the folders that Maven's modules hold.
// Not run in CI: Maven's pom.xml is the verified build. First run ../bindings/build-android.sh, which needs the NDK.
buildscript {
    // AGP brings an older Kotlin of its own.
    dependencies { classpath("org.jetbrains.kotlin:kotlin-gradle-plugin:${libs.versions.kotlin.get()}") }
}

plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.kotlin.compose)
}

android {
    namespace = "app.truckroll"
    compileSdk = libs.versions.target.sdk.get().toInt()

    defaultConfig {
        applicationId = "app.truckroll"
        minSdk = libs.versions.min.sdk.get().toInt()
        targetSdk = libs.versions.target.sdk.get().toInt()
        versionCode = 1
        versionName = "0.1.0"
    }

    compileOptions {
        sourceCompatibility = JavaVersion.toVersion(libs.versions.jvm.get())
        targetCompatibility = JavaVersion.toVersion(libs.versions.jvm.get())
    }

    sourceSets.named("main") {
        manifest.srcFile("app/src/main/AndroidManifest.xml")
        res.directories += "app/src/main/res"
        jniLibs.directories += "app/src/main/jniLibs"
        kotlin.directories += listOf(
            "app/src/main/kotlin",
            "ui/src/main/kotlin",
            "shell/src/main/kotlin",
            "bindings/target/generated-sources/uniffi-android",
        )
    }
}

dependencies {
    implementation(libs.bundles.app)
    implementation(variantOf(libs.jna) { artifactType("aar") })
}
