collect_ignore_glob = ["small_checks/*"]
