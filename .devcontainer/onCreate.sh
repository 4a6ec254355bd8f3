#!/bin/sh
# What a prebuild does once: the AWS CLI, where the image has none. Nothing local needs it, so that it cannot be had is no reason to end.
command -v aws >/dev/null && exit
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
address="https://awscli.amazonaws.com/awscli-exe-linux-$(uname -m).zip"
curl --fail --silent --show-error --location --connect-timeout 10 --output "$folder/aws.zip" "$address" &&
  unzip -q "$folder/aws.zip" -d "$folder" &&
  sudo "$folder/aws/install" ||
  echo "The AWS CLI was not installed from $address; everything but looking at AWS itself works without it." >&2
