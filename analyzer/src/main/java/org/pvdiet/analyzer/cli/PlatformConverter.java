package org.pvdiet.analyzer.cli;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.pvdiet.emulator.session.PlatformName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A platform by its name. */
final class PlatformConverter implements ITypeConverter<PlatformName> {
    @Override
    public PlatformName convert(String text) {
        return PlatformName.of(text)
                .orElseThrow(() -> new TypeConversionException("there is no platform '" + text + "'; there are "
                        + Arrays.stream(PlatformName.values())
                                .map(PlatformName::toString)
                                .collect(Collectors.joining(", "))));
    }
}
