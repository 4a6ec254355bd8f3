#!/bin/sh
exec node --disable-warning=ExperimentalWarning /xrayDaemon.ts "$@"
