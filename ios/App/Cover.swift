import UIKit

/// Covers the screen while the app is in the background: the app switcher keeps a picture of it where no lock of ours
/// reaches (Apple's QA1838). A window of its own lies above sheets and alerts too, which a view of the screen wouldn't.
@MainActor final class Cover {
    private var window: UIWindow?

    var isOn = false {
        didSet {
            guard isOn != oldValue else { return }
            if isOn { show() } else { lift() }
        }
    }

    private func show() {
        let scenes = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }
        guard let scene = scenes.first else { return }
        let blank = UIViewController()
        blank.view.backgroundColor = .systemBackground
        let window = UIWindow(windowScene: scene)
        window.windowLevel = .alert + 1
        window.rootViewController = blank
        window.isHidden = false
        self.window = window
    }

    private func lift() {
        window?.isHidden = true
        window = nil
    }
}
