# SPDX-License-Identifier: Apache-2.0
"""Run as ``python -m tools.render_k8s``; needs ``kustomize`` on PATH (or its path as the only argument)."""

import subprocess
import sys

from tools.render_k8s import BASE, RENDERED, inputs_hash

kustomize = sys.argv[1] if len(sys.argv) > 1 else "kustomize"
made = subprocess.run([kustomize, "build", str(BASE)], check=True, capture_output=True, text=True).stdout
RENDERED.write_text(f"# Rendered from deploy/k8s/base; inputs sha256 {inputs_hash()}\n{made}", encoding="utf-8")
