# Puts jobwarden into the image that a fleet's runners start from, which has GitLab Runner already:
#   packer init runner.pkr.hcl && packer build runner.pkr.hcl
# Replace the source by the one of your cloud. The image has no secret: the runner is registered and
# wired when a machine starts (cloud-init/runner.yaml), and its service begins only then.
packer {
  required_plugins {
    amazon = {
      version = ">= 1.2.0"
      source  = "github.com/hashicorp/amazon"
    }
  }
}

variable "package" {
  type    = string
  default = "jobwarden_0.1.0-1~deb12_amd64.deb"
}

source "amazon-ebs" "runner" {
  region                    = "eu-central-1"
  instance_type             = "t3.small"
  ami_name                  = "gitlab-runner-jobwarden-{{timestamp}}"
  ssh_username              = "admin"
  ssh_clear_authorized_keys = true
  source_ami_filter {
    owners      = ["self"]
    most_recent = true
    filters = {
      name = "gitlab-runner-debian-12-*"
    }
  }
}

build {
  sources = ["source.amazon-ebs.runner"]

  provisioner "file" {
    source      = var.package
    destination = "/tmp/jobwarden.deb"
  }
  provisioner "shell" {
    inline = [
      "sudo systemctl disable --now gitlab-runner",
      "sudo apt-get update",
      "sudo apt-get install -y /tmp/jobwarden.deb bubblewrap",
      "rm /tmp/jobwarden.deb",
    ]
  }
}
