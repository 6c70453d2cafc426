# Puts jobwarden into the image that a fleet's runners start from: packer build runner.pkr.hcl
# Replace the source by the one of your cloud. The image has no secret: the runner is registered,
# and wired by `jobwarden install`, when a machine starts (cloud-init/runner.yaml).
packer {
  required_plugins {
    qemu = {
      version = ">= 1.0.0"
      source  = "github.com/hashicorp/qemu"
    }
  }
}

variable "package" {
  type    = string
  default = "jobwarden_0.1.0-1~deb12_amd64.deb"
}

source "qemu" "debian" {
  iso_url      = "debian-12-genericcloud-amd64.qcow2"
  iso_checksum = "none" # write the image's sum here
  disk_image   = true
  ssh_username = "debian"
}

build {
  sources = ["source.qemu.debian"]

  provisioner "file" {
    source      = var.package
    destination = "/tmp/jobwarden.deb"
  }
  provisioner "file" {
    source      = "jobwarden.toml"
    destination = "/tmp/jobwarden.toml"
  }
  provisioner "shell" {
    inline = [
      "sudo apt-get update",
      "sudo apt-get install -y /tmp/jobwarden.deb bubblewrap",
      "sudo install -m 0644 -o root -g root /tmp/jobwarden.toml /etc/jobwarden/jobwarden.toml",
      "sudo jobwarden config check",
    ]
  }
}
