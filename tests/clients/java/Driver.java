import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.jws.WebParam;
import javax.xml.bind.JAXBContext;
import javax.xml.bind.JAXBElement;
import javax.xml.bind.Marshaller;
import javax.xml.namespace.QName;
import javax.xml.ws.BindingProvider;

import client.ObjectFactory;
import client.ProvisioningFault;
import client.ProvisioningFaultMessage;
import client.ProvisioningPortType;
import client.ProvisioningService;

/**
 * Calls the port that wsimport made. A line in is an operation's request element, base64; its fields become the
 * arguments of the generated method. A line out is ANSWER and the result element, or FAULT, code and field.
 */
public final class Driver {
    private static final String NAMESPACE = "urn:remote-provisioning:v1";

    private Driver() {
    }

    public static void main(final String[] arguments) throws Exception {
        ProvisioningService service = new ProvisioningService(new URL(arguments[0]));
        ProvisioningPortType port = "1.2".equals(arguments[1])
            ? service.getProvisioningSoap12Port() : service.getProvisioningSoap11Port();
        BindingProvider provider = (BindingProvider) port;
        provider.getRequestContext().put(BindingProvider.USERNAME_PROPERTY, arguments[2]);
        provider.getRequestContext().put(BindingProvider.PASSWORD_PROPERTY, arguments[3]);
        JAXBContext context = JAXBContext.newInstance(ObjectFactory.class);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String xml = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
            Object request = context.createUnmarshaller().unmarshal(new StringReader(xml));
            try {
                Object result = call(port, request);
                StringWriter text = new StringWriter();
                Marshaller marshaller = context.createMarshaller();
                marshaller.marshal(element(result), text);
                out.println("ANSWER " + Base64.getEncoder().encodeToString(text.toString().getBytes(StandardCharsets.UTF_8)));
            } catch (ProvisioningFaultMessage message) {
                ProvisioningFault fault = message.getFaultInfo();
                out.println("FAULT " + fault.getCode() + " " + fault.getField());
            }
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static JAXBElement<?> element(final Object result) {
        return new JAXBElement(new QName(NAMESPACE, "result"), result.getClass(), result);
    }

    private static Object call(final ProvisioningPortType port, final Object request) throws Exception {
        String name = request.getClass().getSimpleName();
        String method = Character.toLowerCase(name.charAt(0)) + name.substring(1);
        for (Method candidate : ProvisioningPortType.class.getMethods()) {
            if (candidate.getName().equals(method)) {
                try {
                    return candidate.invoke(port, arguments(candidate, request));
                } catch (InvocationTargetException error) {
                    if (error.getCause() instanceof Exception) {
                        throw (Exception) error.getCause();
                    }
                    throw error;
                }
            }
        }
        throw new NoSuchMethodException(method);
    }

    private static Object[] arguments(final Method method, final Object request) throws Exception {
        Annotation[][] notes = method.getParameterAnnotations();
        Object[] values = new Object[notes.length];
        for (int place = 0; place < notes.length; place++) {
            for (Annotation note : notes[place]) {
                if (note instanceof WebParam) {
                    values[place] = field(request, ((WebParam) note).name());
                }
            }
        }
        return values;
    }

    private static Object field(final Object request, final String name) throws Exception {
        String end = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        for (String start : new String[] {"get", "is"}) {
            try {
                return request.getClass().getMethod(start + end).invoke(request);
            } catch (NoSuchMethodException missing) {
                continue;
            }
        }
        throw new NoSuchFieldException(name);
    }
}
