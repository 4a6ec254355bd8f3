#!/bin/bash
# Whether a service answers 200 on this container's port and path: a shell alone, since a Node for each question, every second, is most of what a small machine has.
exec 3<>"/dev/tcp/127.0.0.1/$1" &&
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&3 &&
  read -r _ status _ <&3 && [ "$status" = 200 ]
